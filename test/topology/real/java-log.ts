import type { KafkaCluster } from '../../../docker/stack/kafka/kafka-cluster.ts';
import { PARTITIONS } from '../cluster/judge.ts';
import type { Log, Logged } from '../scenarios/scenario.ts';

/** How long nothing may come until the reader takes the topic for read. */
const QUIET_MS = 6_000;
/** It says so, in place of a record, as if it were an error. */
const ENDED = /^\[[^\]]+\] ERROR [^\n]*\n(?:[^\n]*\.)?TimeoutException/m;
const SHOWN = ['partition', 'offset', 'key'];
const LINE = /^Partition:(\d+)\tOffset:(\d+)\t([^\t]*)\t(.*)$/;

/** The topic as Java's own consumer reads it, of what is committed only. */
export async function logOfJava({ bootstrap, tool }: KafkaCluster, topic: string): Promise<Log> {
  const options: Readonly<Record<string, string>> = {
    'bootstrap-server': bootstrap,
    topic,
    'isolation-level': 'read_committed',
    'timeout-ms': String(QUIET_MS),
  };
  const { stdout } = await tool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
    '--from-beginning',
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    ...SHOWN.flatMap((what) => ['--formatter-property', `print.${what}=true`]),
  ]);
  const quiet = stdout.search(ENDED);
  if (quiet < 0) throw new Error(`It did not read until nothing came:\n${stdout.slice(-2_000)}`);
  return logOfLines(stdout.slice(0, quiet));
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
