/**
 * The yardstick: a member of a group of its own that fetches the vital signs' topic and decodes its record batches, and does
 * nothing with the records. Prints records and CPU-seconds of the part behind the first fifth. Argument: name of the group.
 */
import { TOPIC } from '../../schemas/topics.ts';
import { seconds } from '../../topology/model/time.ts';
import { type Assignment, partitionKey } from '../../topology/ports/kafka-driver.ts';
import { BenchCluster } from './cluster.ts';

const { env, argv } = process;
const cluster = new BenchCluster({ KAFKA_BOOTSTRAP_SERVERS: env['KAFKA_BOOTSTRAP_SERVERS'] ?? '' });
const spans = await cluster.spans(TOPIC.vitals);
const total = spans.reduce((sum, { start, end }) => sum + end - start, 0);
const consumer = cluster.driver.consumer({
  groupId: argv[2] ?? 'bare',
  sessionTimeout: seconds(6),
  rebalanceTimeout: seconds(6),
});
let assigned: Assignment | undefined;
await consumer.subscribe([TOPIC.vitals], {
  onAssigned: (assignment) => {
    assigned = assignment;
  },
  onRevoked: () => Promise.resolve(),
});
// The limits of a worker.
const limits = { maxRecords: 4_000, maxBytes: 8 << 20, waitMs: 50 };
let sought: Assignment | undefined;
let records = 0;
let bytes = 0;
let warm: { readonly records: number; readonly cpu: NodeJS.CpuUsage; readonly at: number } | undefined;
while (records < total) {
  if (assigned !== undefined && sought !== assigned) {
    sought = assigned;
    for (const at of assigned.partitions) consumer.seek(at, spans[at.partition]?.start ?? 0);
  }
  for (const batch of await consumer.poll(limits)) {
    if (batch.assignment !== sought) throw new Error(`${partitionKey(batch)} moved`);
    records += batch.records.length;
    for (const { value } of batch.records) bytes += value?.length ?? 0;
  }
  if (warm === undefined && records >= total / 5)
    warm = { records, cpu: process.cpuUsage(), at: performance.now() };
}
const used = process.cpuUsage(warm?.cpu);
const whole = process.cpuUsage();
process.stdout.write(
  JSON.stringify({
    records: records - (warm?.records ?? 0),
    cpuSeconds: (used.user + used.system) / 1e6,
    wholeRecords: records,
    wholeCpuSeconds: (whole.user + whole.system) / 1e6,
    seconds: (performance.now() - (warm?.at ?? 0)) / 1_000,
    bytes,
  }),
);
await consumer.close();
await cluster.driver.close();
