import type { KafkaCluster } from '../../../docker/stack/kafka/kafka-cluster.ts';
import { text } from '../../../topology/model/codec.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { PARTITIONS } from '../cluster/judge.ts';
import type { Log, Logged } from '../scenarios/scenario.ts';

/** Generous: it is paid where records are missing, and nowhere else. */
const PATIENCE_MS = 120_000;
const SHOWN = ['partition', 'offset', 'key'];
const LINE = /^Partition:(\d+)\tOffset:(\d+)\t([^\t]*)\t(.*)$/;
const END = 'end of the log';

/**
 * The topic as Java's own consumer reads it, of what is committed only, when nobody writes to it any more. `count` records should be in
 * it: one that is missing, or that nobody expects, shows in that the end of a partition is not seen.
 */
export async function logOfJava(
  { bootstrap, tool }: KafkaCluster,
  driver: KafkaDriver,
  topic: string,
  count: number,
): Promise<Log> {
  const value = text.encode(END);
  const ends = Array.from({ length: PARTITIONS }, (_, partition) => ({
    key: null,
    value,
    partition,
    timestamp: Date.now(),
  }));
  await driver.producer().send(topic, ends);
  const options: Readonly<Record<string, string>> = {
    'bootstrap-server': bootstrap,
    topic,
    'isolation-level': 'read_committed',
    'max-messages': String(count + ends.length),
    'timeout-ms': String(PATIENCE_MS),
  };
  const { stdout } = await tool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
    '--from-beginning',
    ...Object.entries(options).flatMap(([name, given]) => [`--${name}`, given]),
    ...SHOWN.flatMap((what) => ['--formatter-property', `print.${what}=true`]),
  ]);
  return logOfLines(stdout).map((of, partition) => {
    const [end] = of.slice(-1);
    if (end?.value !== END) throw new Error(`Java did not see the end of ${topic}/${partition}.`);
    return of.slice(0, -1);
  });
}

/** By partition. @throws Error for a line that shows no record, and for offsets that do not rise. */
export function logOfLines(lines: string): Log {
  const log: Logged[][] = Array.from({ length: PARTITIONS }, () => []);
  const ends: number[] = log.map(() => -1);
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const [, partition = '', offset = '', key = '', value = ''] = LINE.exec(line) ?? [];
    const of = log[Number(partition)];
    if (partition === '' || of === undefined) throw new Error(`This shows no record: ${line}`);
    if (Number(offset) <= (ends[Number(partition)] ?? -1)) throw new Error(`Offsets go back: ${line}`);
    ends[Number(partition)] = Number(offset);
    of.push({ key, value });
  }
  return log;
}
