import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { text } from '../../../topology/model/codec.ts';
import { seconds } from '../../../topology/model/time.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { chainFaults } from '../scenarios/checksum-verifier.ts';

const kafka = useServer(() => kafkaServer({ own: true }));

const PARTITIONS = 6;
const TOPICS = ['numbers', 'numbers.by-key', 'checksums', 'dead-letters'];
const SLOTS = ['slot-0', 'slot-1', 'slot-2'];
const RECORDS = Number(process.env['KILL_RECORDS'] ?? 50_000);
const KILLS = Number(process.env['KILLS'] ?? 8);
const KEYS = 500;
const BATCH = 250;
const APPLICATION = 'killed';

/** The processes of a group, one to a slot; one that is killed comes back under its name. */
class Fleet {
  readonly #bootstrap: string;
  readonly #processes = new Map<string, ChildProcess>();
  readonly told: string[] = [];
  kills = 0;

  constructor(bootstrap: string) {
    this.#bootstrap = bootstrap;
  }

  start(slot: string): void {
    const file = fileURLToPath(new URL('./worker-process.ts', import.meta.url));
    const child = spawn(process.execPath, [file, this.#bootstrap, APPLICATION, slot]);
    child.stdout.on('data', (lines: Buffer) => this.told.push(...lines.toString().trim().split('\n')));
    child.stderr.on('data', (lines: Buffer) => this.told.push(`${slot}: ${lines.toString().trim()}`));
    this.#processes.set(slot, child);
  }

  async kill(slot: string): Promise<void> {
    const child = this.#processes.get(slot);
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.kills++;
    this.start(slot);
  }

  /** Ends all in good order; their exit codes. */
  async stop(): Promise<(number | null)[]> {
    return Promise.all(
      [...this.#processes.values()].map(async (child) => {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        const [code]: unknown[] = await ended;
        return typeof code === 'number' ? code : null;
      }),
    );
  }
}

test(`${KILLS} times kill -9 under load: of ${RECORDS} records each is in its key's chain once and in order`, {
  timeout: 600_000,
}, async () => {
  const { bootstrap } = kafka();
  const driver = new PlatformaticDriver(
    { clientId: 'judge', bootstrap: [bootstrap], requestTimeout: 10_000, connectTimeout: 3_000 },
    systemClock,
  );
  await driver.admin().createTopics(TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
  const fleet = new Fleet(bootstrap);
  for (const slot of SLOTS) fleet.start(slot);
  const fed = feed(driver);
  for (let i = 0; i < KILLS; i++) {
    await systemClock.sleep(seconds(1.5));
    await fleet.kill(SLOTS[(i * 7) % SLOTS.length] ?? '');
  }
  await fed;
  await drained(driver);
  expect(await fleet.stop()).toEqual(SLOTS.map(() => 0));
  const [input, output] = [await read(driver, 'numbers'), await read(driver, 'checksums')];
  expect(input.flat()).toHaveLength(RECORDS);
  expect(output.flat()).toHaveLength(RECORDS);
  expect(chainFaults(input, output)).toEqual([]);
  // Its own read of the log agrees with that of a client of another make.
  expect(await readByJava()).toBe(RECORDS);
  const torn = fleet.told.filter((line) => line.startsWith('aborted') || line.startsWith('restored'));
  expect(torn.length).toBeGreaterThan(KILLS);
  await driver.close();
});

async function feed(driver: KafkaDriver): Promise<void> {
  const producer = driver.producer();
  for (let from = 0; from < RECORDS; from += BATCH) {
    const records = Array.from({ length: Math.min(BATCH, RECORDS - from) }, (_, i) => ({
      key: text.encode(`k${(from + i) % KEYS}`),
      value: text.encode(String(from + i)),
      timestamp: systemClock.now(),
    }));
    await producer.send('numbers', records);
    await systemClock.sleep(seconds(0.06));
  }
}

const partitionsOf = (topic: string): { topic: string; partition: number }[] =>
  Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition }));

async function drained(driver: KafkaDriver): Promise<void> {
  const inputs = ['numbers', 'numbers.by-key'].flatMap(partitionsOf);
  for (let quiet = 0; quiet < 3; ) {
    await systemClock.sleep(seconds(0.4));
    const committed = await driver.admin().committed(APPLICATION, inputs);
    let lag = 0;
    for (const at of inputs) {
      const { end } = await driver.admin().offsets(at);
      lag += end - (committed.get(`${at.topic}/${at.partition}`)?.offset ?? 0);
    }
    quiet = lag === 0 ? quiet + 1 : 0;
  }
}

async function read(driver: KafkaDriver, topic: string): Promise<{ key: string; value: string }[][]> {
  const log: { key: string; value: string }[][] = [];
  for (const at of partitionsOf(topic)) {
    const records: { key: string; value: string }[] = [];
    const { end } = await driver.admin().offsets(at);
    await driver.read(at, 0, end, (batch) => {
      for (const { key, value } of batch.records)
        records.push({
          key: key === null ? '' : text.decode(key),
          value: value === null ? '' : text.decode(value),
        });
    });
    log.push(records);
  }
  return log;
}

/** How many records Java's own read-committed consumer sees. */
async function readByJava(): Promise<number> {
  const { stdout } = await kafka().tool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
    '--bootstrap-server',
    kafka().bootstrap,
    '--topic',
    'checksums',
    '--from-beginning',
    '--isolation-level',
    'read_committed',
    '--timeout-ms',
    '6000',
  ]);
  return stdout.split('\n').filter((line) => /^\d+ [0-9a-f]{64}$/.test(line)).length;
}
