import { expect } from 'vitest';
import { minutes } from '../../../topology/model/time.ts';
import { eventually, fault, type Law, law, WRITE_REQUESTS, within } from './law.ts';
import { type Member, soleMember } from './member.ts';
import { at, codeOf, decided, offsetsOf, producerOf, records } from './records.ts';
import type { KafkaUnderTest, WriteRequest } from './under-test.ts';

const committedOf = async (under: KafkaUnderTest, { consumer }: Member, topic: string): Promise<number> =>
  eventually(under, 'the committed offset', async () => {
    try {
      return (await consumer.committed([at(topic)])).get(`${topic}/0`)?.offset ?? 0;
    } catch (error) {
      expect(error).toMatchObject({ code: 'unstable-offsets' });
      return undefined;
    }
  });

/**
 * The rule of the ambiguous commit: after any error a new producer of the same id takes over, and the committed
 * offset says whether the batch stands.
 */
async function throughLoss(
  under: KafkaUnderTest,
  request: WriteRequest,
  what: 'answer' | 'request',
): Promise<void> {
  const [input, output] = [await under.topic(), await under.topic()];
  const process = under.driver();
  const reader = await soleMember(under, [input]);
  const transactionalId = under.fresh('id');
  const lose = fault(under, 'lose');
  const init = (): Promise<ReturnType<typeof process.transactions>> =>
    eventually(under, 'a producer', async () => {
      const port = process.transactions({ transactionalId, timeout: minutes(1) });
      return port.init().then(
        () => port,
        () => undefined,
      );
    });
  let port = await init();
  let lost = (): boolean => false;
  for (let n = 0; n < 3; n++) {
    if (n === 1) lost = lose(process, request, what);
    if (n === 1 && request === 'init-producer-id') port = await init();
    await eventually(under, `transaction ${n}`, async () => {
      try {
        port.begin();
        await port.send(output, records(String(n)));
        await port.sendOffsets(offsetsOf(input, n + 1), reader.owned.generation);
        await port.commit();
        return true;
      } catch {
        port = await init();
        return (await committedOf(under, reader, input)) === n + 1 ? true : undefined;
      }
    });
  }
  expect(lost()).toBe(true);
  expect(await decided(under, at(output)), `${what} of ${request} lost`).toEqual(['0', '1', '2']);
  expect(await committedOf(under, reader, input)).toBe(3);
}

/** Processes that end in the middle, and answers that do not come. */
export const crashes: readonly Law[] = [
  law(
    'a crash before the commit leaves nothing, once a producer of the same id has taken over',
    ['transactions', 'kill'],
    async (under) => {
      const [input, output] = [await under.topic(), await under.topic()];
      const survivor = await soleMember(under, [input]);
      const process = under.driver();
      const id = under.fresh('id');
      const port = await producerOf(process, id);
      port.begin();
      await port.send(output, records('lost'));
      await port.sendOffsets(offsetsOf(input, 1), survivor.owned.generation);
      fault(under, 'kill')(process);
      await producerOf(under.driver(), id);
      expect(await committedOf(under, survivor, input)).toBe(0);
      expect(await decided(under, at(output))).toEqual([]);
    },
  ),

  law('a crash after the commit loses nothing', ['transactions', 'kill'], async (under) => {
    const [input, output] = [await under.topic(), await under.topic()];
    const survivor = await soleMember(under, [input]);
    const process = under.driver();
    const id = under.fresh('id');
    const port = await producerOf(process, id);
    port.begin();
    await port.send(output, records('kept'));
    await port.sendOffsets(offsetsOf(input, 1), survivor.owned.generation);
    await port.commit();
    fault(under, 'kill')(process);
    await producerOf(under.driver(), id);
    expect(await committedOf(under, survivor, input)).toBe(1);
    expect(await decided(under, at(output))).toEqual(['kept']);
  }),

  law(
    'a transaction whose process is gone for good ends by its time-out',
    ['transactions', 'kill', 'timeouts'],
    async (under) => {
      const output = await under.topic();
      const process = under.driver();
      const port = await producerOf(process, under.fresh('id'), under.sessionTimeout);
      port.begin();
      await port.send(output, records('lost'));
      fault(under, 'kill')(process);
      expect(await decided(under, at(output))).toEqual([]);
    },
  ),

  law(
    'a lost answer to a commit is `commit-unknown`, and the committed offset tells that it stands',
    ['transactions', 'lose'],
    async (under) => {
      await unknownCommit(under, 'answer', 1, ['fate']);
    },
  ),

  law(
    'a lost request to commit is `commit-unknown`, and the committed offset tells that it does not stand',
    ['transactions', 'lose'],
    async (under) => {
      await unknownCommit(under, 'request', 0, []);
    },
  ),

  law(
    'offsets that a zombie left pending are decided when a newer producer of its id begins, and it commits no more of them',
    ['transactions', 'stable offsets'],
    async (under) => {
      const topic = await under.topic();
      const member = await soleMember(under, [topic]);
      const { generation } = member.owned;
      const id = under.fresh('id');
      const zombie = await producerOf(under.driver(), id);
      zombie.begin();
      await zombie.sendOffsets(offsetsOf(topic, 5), generation);
      const young = await producerOf(under.driver(), id);
      // At once, and not when the zombie's transaction times out.
      const committed = await within(under, 'the offsets', member.consumer.committed([at(topic)]));
      expect(committed.size).toBe(0);
      expect(await codeOf(zombie.sendOffsets(offsetsOf(topic, 6), generation))).toBe('fenced');
      expect(await codeOf(zombie.commit())).toBe('fenced');
      young.begin();
      await young.sendOffsets(offsetsOf(topic, 7), generation);
      await young.commit();
      const found = await eventually(under, 'the committed offset', async () =>
        (await member.consumer.committed([at(topic)])).get(`${topic}/0`),
      );
      expect(found.offset).toBe(7);
    },
  ),

  ...WRITE_REQUESTS.flatMap((request) =>
    (['answer', 'request'] as const).map((what) =>
      law(`exactly once through a lost ${what}: ${request}`, ['transactions', 'lose', request], (under) =>
        throughLoss(under, request, what),
      ),
    ),
  ),
];

async function unknownCommit(
  under: KafkaUnderTest,
  what: 'answer' | 'request',
  offset: number,
  seen: readonly string[],
): Promise<void> {
  const [input, output] = [await under.topic(), await under.topic()];
  const member = await soleMember(under, [input]);
  const id = under.fresh('id');
  const port = await producerOf(member.driver, id);
  port.begin();
  await port.send(output, records('fate'));
  await port.sendOffsets(offsetsOf(input, 1), member.owned.generation);
  const lost = fault(under, 'lose')(member.driver, 'end-txn', what);
  expect(await codeOf(port.commit())).toBe('commit-unknown');
  expect(lost()).toBe(true);
  await producerOf(member.driver, id);
  expect(await committedOf(under, member, input)).toBe(offset);
  expect(await decided(under, at(output))).toEqual(seen);
}
