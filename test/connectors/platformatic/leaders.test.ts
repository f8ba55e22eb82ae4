import { beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { Cluster } from '../../../connectors/platformatic/cluster.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { Fetching } from '../../../connectors/platformatic/fetching.ts';
import { text } from '../../../topology/model/codec.ts';
import { isStreamsError } from '../../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import { type Duration, milliseconds, seconds } from '../../../topology/model/time.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { accessTo, moveLeaders, viewOf } from '../../topology/cluster/brokers.ts';
import { until } from '../../topology/cluster/until.ts';

const kafka = useServer(() => kafkaServer({ own: true, brokers: 3 }));
const LIMITS = { maxBytes: 1 << 20, waitMs: 100 };
/** A worker's longest pause behind an error, and as long as a trouble that was said is not said again. */
const PAUSE = seconds(1);

/** Reads partitions of a topic from their starts on, and notes what comes and what is said. */
class Reader {
  readonly values: string[] = [];
  readonly said: string[] = [];
  /** Behind each error. */
  pause: Duration = milliseconds(0);
  readonly #cluster: Cluster;
  readonly #fetching: Fetching;
  constructor(topic: string, partitions: number) {
    this.#cluster = new Cluster(accessTo(kafka().bootstrap));
    this.#fetching = new Fetching(this.#cluster, systemClock, 'fetch');
    for (let partition = 0; partition < partitions; partition++) this.#fetching.seek({ topic, partition }, 0);
  }

  seek(topic: string, offset: number): void {
    this.#fetching.seek({ topic, partition: 0 }, offset);
  }

  async poll(): Promise<void> {
    await this.#fetching.wait(LIMITS);
    try {
      for (const { runs } of this.#fetching.take())
        for (const { value } of runs.flatMap((run) => run.records()))
          this.values.push(value === null ? '' : text.decode(value));
    } catch (error) {
      if (!isStreamsError(error)) throw error;
      this.said.push(error.code);
      await systemClock.sleep(this.pause);
    }
  }

  /** Polls until it is so. */
  until(what: string, look: () => boolean): Promise<void> {
    return until(what, async () => {
      await this.poll();
      return look();
    });
  }

  close(): Promise<void> {
    return this.#cluster.close();
  }
}

let driver: PlatformaticDriver;
beforeEach(() => {
  driver = new PlatformaticDriver(accessTo(kafka().bootstrap), systemClock);
  return () => driver.close();
});

const records = (partition: number, ...values: string[]): OutgoingRecord[] =>
  values.map((value) => ({ key: null, value: text.encode(value), timestamp: systemClock.now(), partition }));

/** A topic whose replicas are on these brokers: `2:3,1`, of each partition the one that leads first. */
async function topicOn(name: string, replicas: string, ...settings: string[]): Promise<void> {
  const { code, stdout } = await kafka().tool('org.apache.kafka.tools.TopicCommand', [
    ...`--bootstrap-server ${kafka().bootstrap} --create --topic ${name}`.split(' '),
    ...`--replica-assignment ${replicas}`.split(' '),
    ...['min.insync.replicas=1', ...settings].flatMap((setting) => ['--config', setting]),
  ]);
  expect(code, stdout).toBe(0);
  await until('its leaders', async () =>
    (await viewOf(kafka().bootstrap, [name])).every((of) => of.leader > 0),
  );
}

const broker = (id: number): ReturnType<typeof kafka>['brokers'][number] => {
  const found = kafka().brokers.find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no broker ${id}.`);
  return found;
};

describe('leaders', () => {
  test('leaders that move under a producer and a reader: nothing is said, all is there once and in order', async () => {
    await driver.admin().createTopics([{ name: 'moving', partitions: 3 }]);
    const reader = new Reader('moving', 3);
    const producer = driver.producer();
    let [moving, done] = [true, false];
    let sent = 0;
    const sending = (async () => {
      for (; moving; sent++)
        await producer.send(
          'moving',
          [0, 1, 2].flatMap((partition) => records(partition, `${partition} ${sent}`)),
        );
    })();
    const reading = reader.until('the last records', () => done && reader.values.length === 3 * sent);
    await moveLeaders(kafka(), ['moving']);
    moving = false;
    await sending;
    done = true;
    await reading;
    for (const partition of [0, 1, 2])
      expect(reader.values.filter((value) => value.startsWith(`${partition} `))).toEqual(
        Array.from({ length: sent }, (_, i) => `${partition} ${i}`),
      );
    expect(reader.said).toEqual([]);
    await reader.close();
  });

  test('a partition whose leader is gone holds up no other, and is not silent', async () => {
    await topicOn('alone', '2,1');
    const producer = driver.producer();
    await producer.send('alone', [...records(0, 'of 2'), ...records(1, 'of 1')]);
    const reader = new Reader('alone', 2);
    await reader.until('what both hold', () => reader.values.length === 2);
    await broker(2).process.kill();
    await reader.until('word of this partition', () => reader.said.includes('broker-unavailable'));
    for (let i = 0; i < 6; i++) {
      if (i === 3) reader.pause = PAUSE;
      const before = reader.said.length;
      if (i >= 3) await reader.until('word once more', () => reader.said.length > before);
      await producer.send('alone', records(1, `later ${i}`));
      await reader.until('the other partition', () => reader.values.includes(`later ${i}`));
    }
    await broker(2).restart();
    await producer.send('alone', records(0, 'of 2 again'));
    await reader.until('this partition', () => reader.values.includes('of 2 again'));
    expect(reader.values).toHaveLength(9);
    await reader.close();
  });

  test('a leader that comes back is found also by who pauses for long behind each error', async () => {
    await topicOn('paused', '2');
    const producer = driver.producer();
    const reader = new Reader('paused', 1);
    await producer.send('paused', records(0, 'before'));
    await reader.until('what it holds', () => reader.values.length === 1);
    await broker(2).process.kill();
    await reader.until('word of it', () => reader.said.includes('broker-unavailable'));
    reader.pause = PAUSE;
    for (let i = 0; i < 3; i++) await reader.poll();
    await broker(2).restart();
    await producer.send('paused', records(0, 'after'));
    await reader.until('what it holds now', () => reader.values.includes('after'));
    await reader.close();
  });

  test('an end of the log that was lost is `log-ends-early`, also when as much was written anew', async () => {
    await topicOn('unclean', '2:3', 'unclean.leader.election.enable=true');
    const producer = driver.producer();
    await producer.send('unclean', records(0, 'a', 'b'));
    const reader = new Reader('unclean', 1);
    // Broker 3 never gets what broker 2 acknowledges alone.
    await broker(3).process.stop();
    await producer.send('unclean', records(0, 'c', 'd'));
    await reader.until('what broker 2 holds', () => reader.values.length === 4);
    await broker(2).process.kill();
    await broker(3).restart();
    await until(
      'broker 3 leads',
      async () => (await viewOf(kafka().bootstrap, ['unclean']))[0]?.leader === 3,
    );
    await reader.until('word of it', () => reader.said.includes('log-ends-early'));
    const later = driver.producer();
    await later.send('unclean', records(0, 'C', 'D', 'E'));
    reader.said.length = 0;
    await reader.until('word of it still', () => reader.said.includes('log-ends-early'));
    // Read anew from the start it is what the log is now.
    reader.seek('unclean', 0);
    await reader.until('the log as it is', () => reader.values.length === 9);
    expect(reader.values).toEqual(['a', 'b', 'c', 'd', 'a', 'b', 'C', 'D', 'E']);
    // A position beyond the end, of which nothing was read.
    reader.seek('unclean', 77);
    reader.said.length = 0;
    await reader.until('word of the position', () => reader.said.includes('log-truncated'));
    await reader.close();
    await broker(2).restart();
  });

  test('a topic that was deleted and made anew is `log-ends-early`; one that is gone is `configuration`', async () => {
    await topicOn('anew', '1:2');
    await driver.producer().send('anew', records(0, 'a', 'b'));
    const reader = new Reader('anew', 1);
    await reader.until('what it holds', () => reader.values.length === 2);
    const gone = async (): Promise<void> => {
      const to = ['--bootstrap-server', kafka().bootstrap];
      const { code } = await kafka().tool('org.apache.kafka.tools.TopicCommand', [
        ...to,
        '--delete',
        '--topic',
        'anew',
      ]);
      expect(code).toBe(0);
    };
    await gone();
    await topicOn('anew', '1:2');
    await new PlatformaticDriver(accessTo(kafka().bootstrap), systemClock)
      .producer()
      .send('anew', records(0, 'A', 'B', 'C'));
    await reader.until('word of it', () => reader.said.includes('log-ends-early'));
    expect(reader.values).toEqual(['a', 'b']);
    reader.seek('anew', 0);
    await reader.until('what it holds now', () => reader.values.length === 5);
    await gone();
    reader.said.length = 0;
    await reader.until('word that it is gone', () => reader.said.includes('configuration'));
    const send = driver.producer().send('anew', records(0, 'x'));
    await expect(send).rejects.toMatchObject({ code: 'configuration' });
    await reader.close();
  });
});
