import { randomUUID } from 'node:crypto';
import { Connection, produceV11 } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { text } from '../../../topology/model/codec.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { kafkaServer } from '../kafka.ts';
import { useServer } from '../use-server.ts';
import { type KafkaProxy, startKafkaProxy } from './kafka-proxy.ts';
import type { ProxiedClient, Way } from './proxied-client.ts';
import { correlationOf } from './request-header.ts';

const kafka = useServer(() => kafkaServer());
const proxy = useServer(async (): Promise<KafkaProxy> => startKafkaProxy((await kafkaServer()).bootstrap));

interface World {
  readonly driver: KafkaDriver;
  readonly network: ProxiedClient;
  readonly topic: string;
  /** Sends one record through the proxy, in one request that is never repeated; gives what became of it. */
  readonly send: (value: string) => Promise<'sent' | 'not heard of'>;
  /** Ends the client that `send` uses. */
  readonly end: () => Promise<void>;
  /** What is in the topic, as a client sees it that goes past the proxy. */
  readonly there: () => Promise<string[]>;
}

const connected = (clientId: string, bootstrap: string): PlatformaticDriver =>
  new PlatformaticDriver(
    { clientId, bootstrap: [bootstrap], requestTimeout: 20_000, connectTimeout: 3_000 },
    systemClock,
  );

/** A client behind the proxy that has sent one record, so that its connections are there. */
async function inWorld(check: (world: World) => Promise<void>): Promise<void> {
  const clientId = randomUUID();
  const topic = `proxied-${clientId}`;
  const direct = connected('direct', kafka().bootstrap);
  const driver = connected(clientId, proxy().bootstrap);
  let connection = new Connection(clientId);
  const send = async (value: string): Promise<'sent' | 'not heard of'> => {
    const [host = '', port = ''] = proxy().bootstrap.split(':');
    try {
      if (!connection.isConnected()) {
        connection = new Connection(clientId);
        connection.on('error', () => {});
        await connection.connect(host, Number(port));
      }
      const record = { topic, partition: 0, value: Buffer.from(value) };
      await produceV11.api.async(connection, ALL_REPLICAS, 20_000, [record]);
      return 'sent';
    } catch {
      return 'not heard of';
    }
  };
  const end = async (): Promise<void> => {
    await connection.close().catch(() => {});
  };
  const there = async (): Promise<string[]> => {
    const at = { topic, partition: 0 };
    const values: string[] = [];
    await direct.read(at, 0, (await direct.admin().offsets(at)).end, ({ records }) =>
      values.push(...records.map(({ value }) => (value === null ? '' : text.decode(value)))),
    );
    return values;
  };
  try {
    await driver.admin().createTopics([{ name: topic, partitions: 1 }]);
    expect(await send('first')).toBe('sent');
    await check({ driver, network: proxy().client(clientId), topic, send, end, there });
  } finally {
    await Promise.all([end(), driver.close(), direct.close()]);
  }
}

/** Acknowledged when all replicas have it. */
const ALL_REPLICAS = -1;
const soon = (): Promise<void> => systemClock.sleep(milliseconds(150));

describe('the proxy', () => {
  test('is in the way of everything that a client does', async () => {
    await inWorld(async ({ driver, network, topic }) => {
      const consumer = driver.consumer({
        groupId: topic,
        sessionTimeout: milliseconds(6_000),
        rebalanceTimeout: milliseconds(6_000),
      });
      let assigned = (): void => {};
      const owned = new Promise<void>((resolve) => (assigned = resolve));
      await consumer.subscribe([topic], { onAssigned: () => assigned(), onRevoked: () => Promise.resolve() });
      await owned;
      consumer.seek({ topic, partition: 0 }, 0);
      const polled = await consumer.poll({ maxRecords: 9, maxBytes: 9_999, waitMs: 5_000 });
      expect(polled.flatMap(({ records }) => records)).toHaveLength(1);
      await consumer.close();
      for (const api of [
        'metadata',
        'find-coordinator',
        'produce',
        'fetch',
        'join-group',
        'sync-group',
      ] as const)
        expect(network.requests(api), api).toBeGreaterThan(0);
    });
  });

  test('tells a client of another make its own address', async () => {
    const { code, stdout } = await kafka().tool('org.apache.kafka.tools.TopicCommand', [
      '--bootstrap-server',
      proxy().bootstrap,
      '--create',
      '--topic',
      `by-java-${randomUUID()}`,
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Created topic') });
  });

  test.each<[Way, string[]]>([
    ['request', ['first', 'next']],
    ['answer', ['first', 'lost', 'next']],
  ])('loses one %s, and nothing else', async (way, expected) => {
    await inWorld(async ({ network, send, there }) => {
      const lost = network.lose('produce', way);
      expect(await send('lost')).toBe('not heard of');
      await lost;
      expect(await send('next')).toBe('sent');
      expect(await there()).toEqual(expected);
    });
  });

  test('keeps a request until it is let go', async () => {
    await inWorld(async ({ network, send, there }) => {
      const { underWay, letGo } = network.hold('produce', 'request');
      const sent = send('held');
      await underWay;
      await soon();
      expect(await there()).toEqual(['first']);
      letGo();
      expect(await sent).toBe('sent');
      expect(await there()).toEqual(['first', 'held']);
    });
  });

  test.each(['its connection broke', 'it has ended'])(
    'delivers a request that it kept although for the client %s',
    async (what) => {
      await inWorld(async ({ end, network, send, there }) => {
        const { underWay, letGo, breakOff, answer } = network.hold('produce', 'request');
        const sent = send('held');
        await underWay;
        if (what === 'it has ended') await end();
        else breakOff();
        expect(await sent).toBe('not heard of');
        expect(await there()).toEqual(['first']);
        letGo();
        expect(correlationOf(await answer)).toBeGreaterThan(0);
        expect(await there()).toEqual(['first', 'held']);
      });
    },
  );

  test('keeps an answer until it is let go', async () => {
    await inWorld(async ({ network, send, there }) => {
      const { underWay, letGo } = network.hold('produce', 'answer');
      const answered: string[] = [];
      const sent = send('held').then((outcome) => answered.push(outcome));
      await underWay;
      expect(await there()).toEqual(['first', 'held']);
      expect(answered).toEqual([]);
      letGo();
      await sent;
      expect(answered).toEqual(['sent']);
    });
  });

  test.each<Way>(['request', 'answer'])('delays one %s', async (way) => {
    await inWorld(async ({ network, send }) => {
      const late = network.delay('produce', way, milliseconds(400));
      const began = Date.now();
      expect(await send('late')).toBe('sent');
      await late;
      // A timer may be early by the part of a millisecond that it leaves out.
      expect(Date.now() - began).toBeGreaterThanOrEqual(399);
    });
  });

  test('passes nothing of a client that stands still, and all of it afterwards', async () => {
    await inWorld(async ({ network, send, there }) => {
      const thaw = network.freeze();
      const sent = send('frozen');
      await soon();
      expect(await there()).toEqual(['first']);
      thaw();
      expect(await sent).toBe('sent');
      expect(await there()).toEqual(['first', 'frozen']);
    });
  });

  test('breaks the connections of one client for good, and of no other', async () => {
    await inWorld(async ({ network, send, there }) => {
      await inWorld(async (other) => {
        network.sever();
        expect(await send('cut')).toBe('not heard of');
        expect(await other.send('alive')).toBe('sent');
        expect(await other.there()).toEqual(['first', 'alive']);
      });
      expect(await send('cut')).toBe('not heard of');
      expect(await there()).toEqual(['first']);
    });
  });
});
