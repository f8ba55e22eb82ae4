import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { text } from '../../../topology/model/codec.ts';
import { minutes, seconds } from '../../../topology/model/time.ts';
import type { Clock } from '../../../topology/ports/clock.ts';
import type {
  Assignment,
  CommittedOffset,
  ConsumerPort,
  GroupGeneration,
  TransactionPort,
} from '../../../topology/ports/kafka-driver.ts';
import { Abandoned } from '../../../topology/runtime/abandoned.ts';
import { commonText } from '../../../topology/runtime/commit-metadata.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';

const kafka = useServer(() => kafkaServer());

let driver: PlatformaticDriver;
let application: string;
let topic: string;
let member: ConsumerPort;
let joined: Promise<GroupGeneration> | undefined;
beforeEach(async () => {
  const bootstrap = [kafka().bootstrap];
  driver = new PlatformaticDriver(
    { clientId: 'abandoned', bootstrap, requestTimeout: 10_000, connectTimeout: 3_000 },
    systemClock,
  );
  application = `abandoned-${randomUUID()}`;
  topic = `t-${randomUUID()}`;
  await driver.admin().createTopics([{ name: topic, partitions: 1 }]);
  const times = { sessionTimeout: seconds(30), rebalanceTimeout: seconds(30) };
  member = driver.consumer({ groupId: application, ...times });
});
afterEach(async () => {
  joined = undefined;
  await member.close();
  await driver.close();
});

const at = (): { topic: string; partition: number } => ({ topic, partition: 0 });

/** The member joins once. */
function generation(): Promise<GroupGeneration> {
  const { promise, resolve } = Promise.withResolvers<Assignment>();
  const join = async (): Promise<GroupGeneration> => {
    await member.subscribe([topic], { onAssigned: resolve, onRevoked: async () => {} });
    return (await promise).generation;
  };
  joined ??= join();
  return joined;
}

/** A producer as the worker in that slot has it; its transactions outlive every wait here. */
const producer = (scope: string): TransactionPort =>
  driver.transactions({ transactionalId: `${application}-${scope}`, timeout: minutes(5) });

const abandoned = (own: string, clock: Clock = systemClock): Abandoned =>
  new Abandoned({ admin: driver.admin(), clock, application, own, producer });

const offsets = (offset: number, scope: string): ReadonlyMap<string, CommittedOffset> =>
  new Map([[`${topic}/0`, { offset, metadata: commonText({ began: 1, scope }) }]]);

/** A slot that has committed offset 1, with a transaction open. */
async function working(scope: string): Promise<TransactionPort> {
  const port = producer(scope);
  await port.init();
  port.begin();
  await port.sendOffsets(offsets(1, scope), await generation());
  await port.commit();
  port.begin();
  await port.send(topic, [{ key: null, value: text.encode('x'), timestamp: 0 }]);
  return port;
}

const where = () => Promise.resolve([at()]);

const openTransactions = async (): Promise<number | undefined> =>
  (await driver.admin().openTransactions?.(at()))?.length;

test('offsets that the dead one was moving are read as they were before, and its transaction is over', async () => {
  const dead = await working('dead');
  await dead.sendOffsets(offsets(2, 'dead'), await generation());
  await expect(driver.admin().committed(application, [at()])).rejects.toMatchObject({
    code: 'unstable-offsets',
  });
  const read = await abandoned('heir').freed(driver.admin().committed(application, [at()]), [at()]);
  expect(read.get(`${topic}/0`)?.offset).toBe(1);
  expect(await openTransactions()).toBe(0);
  await expect(dead.commit()).rejects.toMatchObject({ code: 'fenced' });
});

test('what the dead one wrote and did not commit holds up nobody any more', async () => {
  const dead = await working('dead');
  expect(await openTransactions()).toBe(1);
  await abandoned('heir').free(offsets(1, 'dead'), where, () => false);
  expect(await openTransactions()).toBe(1);
  await abandoned('heir').free(offsets(1, 'dead'), where, () => true);
  expect(await openTransactions()).toBe(0);
  await expect(dead.commit()).rejects.toMatchObject({ code: 'fenced' });
});

test('one that goes on is left alone, and so is the own one', async () => {
  const alive = await working('alive');
  const goesOn: Clock = {
    ...systemClock,
    now: () => systemClock.now(),
    sleep: async () => {
      await alive.commit();
      alive.begin();
      await alive.send(topic, [{ key: null, value: text.encode('y'), timestamp: 0 }]);
    },
  };
  await abandoned('heir', goesOn).free(offsets(1, 'alive'), where, () => true);
  await abandoned('alive').free(offsets(1, 'alive'), where, () => true);
  expect(await openTransactions()).toBe(1);
  await alive.commit();
});

test('where nothing can be ended the offsets are waited for as before', async () => {
  const dead = await working('dead');
  await dead.sendOffsets(offsets(2, 'dead'), await generation());
  const refusing = new Abandoned({
    admin: driver.admin(),
    clock: systemClock,
    application,
    own: 'heir',
    producer: () => {
      throw new Error('As planned.');
    },
  });
  await expect(refusing.freed(driver.admin().committed(application, [at()]), [at()])).rejects.toMatchObject({
    code: 'unstable-offsets',
  });
  await dead.abort();
});
