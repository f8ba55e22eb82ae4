import { TOPIC } from '../../schemas/topics.ts';
import type { Figure } from '../measure.ts';
import type { ReadAlert } from './alert-watch.ts';
import { PARTITIONS } from './cluster.ts';
import { drainOnce, WRITTEN, warmPart } from './drain.ts';
import { expectedOutcome } from './gate.ts';
import { PeerProcess, type PeerProgram, peerProgram } from './kafka-streams/peer-process.ts';
import { latencies, startOurs, warmBroker } from './latency.ts';
import { fill } from './load.ts';
import { latencyFigures } from './percentiles.ts';
import { type Bench, freshName, type Scenario } from './scenario.ts';

/** Kafka Streams commits nothing for the last control record of a partition. */
const CONTROL_RECORDS = 2 * PARTITIONS;
const COMMIT_MS = 100;
/** A JVM warms up for longer than Node: of both the second half counts. */
const WARM = 0.5;
const RAISED = 'R'.charCodeAt(0);

/** Alerts that were raised: Kafka Streams' are counted, and must be as many as ours. */
async function raised({ cluster }: Bench): Promise<number> {
  let count = 0;
  for (const [partition, { start, end }] of (await cluster.spans(TOPIC.alerts)).entries())
    await cluster.driver.read({ topic: TOPIC.alerts, partition }, start, end, ({ records }) => {
      for (const { value } of records) if (value?.[0] === RAISED) count++;
    });
  return count;
}

async function drainPeer(bench: Bench, program: PeerProgram, records: number, episodes: number) {
  const { cluster } = bench;
  await cluster.empty(...WRITTEN);
  const application = freshName('peer');
  const peer = new PeerProcess({ program, application, variables: cluster.variables, commitMs: COMMIT_MS });
  const seen = await cluster.drained(application, [peer], CONTROL_RECORDS);
  const cpu = await peer.stop();
  const found = await raised(bench);
  if (found !== episodes) throw new Error(`Kafka Streams raised ${found} alerts, not ${episodes}.`);
  return { ...warmPart(seen, records, WARM), wholePerCpuSecond: records / cpu };
}

/** Change, and the event time of what changed it: what `Peer.java` writes. */
const readPeer: ReadAlert = (value) => {
  const time = Number(Buffer.from(value).readBigInt64BE(1));
  return { made: time, planned: time };
};

async function latenciesInTurns(bench: Bench, program: PeerProgram): Promise<Figure[]> {
  const { cluster, options } = bench;
  const load = { rate: Math.max(...options.rates), seconds: options.seconds };
  const { variables } = cluster;
  const start = (application: string): PeerProcess =>
    new PeerProcess({ program, application, variables, commitMs: COMMIT_MS });
  await warmBroker(bench);
  const ours: (readonly number[])[] = [];
  const theirs: (readonly number[])[] = [];
  for (let i = 0; i < options.repetitions; i++) {
    ours.push(await latencies(bench, { ...load, start: startOurs(bench) }));
    theirs.push(await latencies(bench, { ...load, start, read: readPeer }));
  }
  const rate = `${load.rate.toLocaleString('en')} records/s`;
  return [
    ...latencyFigures(`${rate}, 1 worker`, ours),
    ...latencyFigures(`${rate}, Kafka Streams, 1 thread`, theirs),
  ];
}

/** Kafka Streams at the same work, in turns with one worker of ours. */
export const peer: Scenario = {
  name: 'peer',
  title: 'Kafka Streams at the same work',
  run: async (bench) => {
    const { cluster, options, say } = bench;
    const { records, patients, repetitions } = options;
    const program = await peerProgram(say);
    const load = { records, patients, interval: 15 };
    await cluster.empty(TOPIC.vitals, ...WRITTEN);
    await fill(cluster.driver, load);
    const expected = await expectedOutcome(load);
    const figures = new Map<string, number[]>();
    const note = (name: string, value: number): void => {
      figures.set(name, [...(figures.get(name) ?? []), value]);
      say(`${name}: ${Math.round(value).toLocaleString('en')}`);
    };
    for (let i = 0; i < repetitions; i++) {
      const ours = await drainOnce(bench, { records, workers: 1, expected, warm: WARM });
      const theirs = await drainPeer(bench, program, records, expected.episodes);
      for (const [of, one] of [
        ['1 worker', ours],
        ['Kafka Streams, 1 thread', theirs],
      ] as const) {
        note(`${of}: warm, per CPU-second`, one.perCpuSecond);
        note(`${of}: whole life, per CPU-second`, one.wholePerCpuSecond);
        note(`${of}: warm, per second`, one.perSecond);
      }
    }
    const drains = [...figures].map(([name, samples]): Figure => ({ name, unit: 'records', samples }));
    return [...drains, ...(await latenciesInTurns(bench, program))];
  },
};
