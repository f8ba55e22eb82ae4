import { TOPIC } from '../../schemas/topics.ts';
import type { Figure } from '../measure.ts';
import type { ReadAlert } from './alert-watch.ts';
import { drainOnce, filled, WRITTEN, warmPart } from './drain.ts';
import { type Drained, DrainSamples } from './drain-samples.ts';
import { PeerProcess, type PeerProgram, peerProgram } from './kafka-streams/peer-process.ts';
import { latencies, startOurs, warmBroker } from './latency.ts';
import { latencyFigures } from './percentiles.ts';
import { type Bench, freshName, type Scenario } from './scenario.ts';

/** A JVM warms up for longer than Node: of both the second half counts. */
const WARM = 0.5;
const THEIRS = 'Kafka Streams, 1 thread';
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

async function drainPeer(bench: Bench, program: PeerProgram, episodes: number): Promise<Drained> {
  const { cluster, options } = bench;
  const { records } = options;
  await cluster.empty(...WRITTEN);
  const application = freshName('peer');
  const peer = new PeerProcess({ program, application, variables: cluster.variables });
  const seen = await cluster.drained(application, [peer]);
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
  const start = (application: string): PeerProcess => new PeerProcess({ program, application, variables });
  await warmBroker(bench);
  const ours: (readonly number[])[] = [];
  const theirs: (readonly number[])[] = [];
  for (let i = 0; i < options.repetitions; i++) {
    ours.push(await latencies(bench, { ...load, start: startOurs(bench) }));
    theirs.push(await latencies(bench, { ...load, start, read: readPeer }));
  }
  const rate = `${load.rate.toLocaleString('en')} records/s`;
  return [...latencyFigures(`${rate}, 1 worker`, ours), ...latencyFigures(`${rate}, ${THEIRS}`, theirs)];
}

/** Kafka Streams at the same work, in turns with one worker of ours. */
export const peer: Scenario = {
  name: 'peer',
  title: 'Kafka Streams at the same work',
  run: async (bench) => {
    const program = await peerProgram(bench.say);
    const expected = await filled(bench);
    const { records, repetitions } = bench.options;
    const samples = new DrainSamples(bench.say);
    for (let i = 0; i < repetitions; i++) {
      samples.drained('1 worker', await drainOnce(bench, { records, workers: 1, expected, warm: WARM }));
      samples.drained(THEIRS, await drainPeer(bench, program, expected.episodes));
    }
    return [...samples.figures, ...(await latenciesInTurns(bench, program))];
  },
};
