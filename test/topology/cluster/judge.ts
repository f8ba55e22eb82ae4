import { text } from '../../../topology/model/codec.ts';
import { type KafkaDriver, partitionKey, type TopicPartition } from '../../../topology/ports/kafka-driver.ts';
import { chainFaults } from '../scenarios/checksum-verifier.ts';
import type { Log, Logged } from '../scenarios/scenario.ts';
import { until } from './until.ts';

export const PARTITIONS = 6;
export const TOPICS: readonly string[] = ['numbers', 'numbers.by-key', 'checksums', 'dead-letters'];

/** How often in a row nothing may be left before all counts as done. */
const QUIET = 3;
const textOf = (bytes: Uint8Array | null): string => (bytes === null ? '' : text.decode(bytes));

const partitionsOf = (topic: string): TopicPartition[] =>
  Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition }));

/** Resolves when the group has committed all input of both sub-topologies. */
export async function drained(driver: KafkaDriver, application: string): Promise<void> {
  const inputs = ['numbers', 'numbers.by-key'].flatMap(partitionsOf);
  let quiet = 0;
  await until('all input is committed', async () => {
    const committed = await driver.admin().committed(application, inputs);
    const lags = await Promise.all(
      inputs.map(async (at) => {
        const { end } = await driver.admin().offsets(at);
        return end - (committed.get(partitionKey(at))?.offset ?? 0);
      }),
    );
    quiet = lags.every((lag) => lag === 0) ? quiet + 1 : 0;
    return quiet === QUIET;
  });
}

/** The topic as a reader of what is committed sees it. */
export async function logOf(driver: KafkaDriver, topic: string): Promise<Log> {
  const log: Logged[][] = [];
  for (const at of partitionsOf(topic)) {
    const records: Logged[] = [];
    const { end } = await driver.admin().offsets(at);
    await driver.read(at, 0, end, (batch) => {
      for (const { key, value } of batch.records) records.push({ key: textOf(key), value: textOf(value) });
    });
    log.push(records);
  }
  return log;
}

/** What was sent: numbers from zero on, and those among them whose send failed, so that it was tried anew. */
export interface Sent {
  readonly sent: number;
  readonly doubtful: ReadonlySet<number>;
}

/**
 * Everything that is wrong: a number that was acknowledged and is not in the log, one that is there twice although its
 * send never failed, a link that is not the next of its key's chain, a key whose last values never came out.
 */
export function faultsOf({ sent, doubtful }: Sent, input: Log, output: Log): string[] {
  const times = new Map<number, number>();
  for (const { value } of input.flat()) times.set(Number(value), (times.get(Number(value)) ?? 0) + 1);
  const found: string[] = [];
  for (let number = 0; number < sent; number++) {
    const count = times.get(number) ?? 0;
    if (count === 0) found.push(`number ${number} was acknowledged and is not in the log`);
    else if (count > 1 && !doubtful.has(number)) found.push(`number ${number} is in the log ${count} times`);
  }
  return [...found, ...chainFaults(input, output)];
}
