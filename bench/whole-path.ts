import { type InMemoryCluster, inMemoryCluster } from '../app/cluster/in-memory-cluster.ts';
import { syntheticStream } from '../app/ward/stream.ts';
import { ManualClock } from '../connectors/memory/clocks.ts';
import { screeningRules } from '../operators/screening-rules.ts';
import { TOPIC } from '../schemas/topics.ts';
import type { OutgoingRecord } from '../topology/model/record.ts';
import type { Duration } from '../topology/model/time.ts';
import { cpuSeconds } from './measure.ts';

const ROUND = 20_000;
const PRODUCE = 1_000;
const PARTITIONS = 4;

/** FHIR bytes in, alert bytes out, through the in-memory Kafka; the generator is not in the measured time. */
export class WholePath {
  readonly #cluster: InMemoryCluster;
  readonly #stream: Iterator<Uint8Array>;
  alerts = 0;

  constructor(cluster: InMemoryCluster, stream: Iterator<Uint8Array>) {
    this.#cluster = cluster;
    this.#stream = stream;
  }

  /** Feeds this many records; CPU-seconds that they took. */
  async feed(records: number): Promise<number> {
    let cpu = 0;
    for (let left = records; left > 0; left -= ROUND) {
      const round = this.#take(Math.min(left, ROUND));
      cpu += await cpuSeconds(() => this.#run(round));
    }
    return cpu;
  }

  #take(count: number): OutgoingRecord[] {
    const round: OutgoingRecord[] = [];
    while (round.length < count) {
      const next = this.#stream.next();
      if (next.done === true) break;
      round.push({ key: null, value: next.value, timestamp: 0 });
    }
    return round;
  }

  async #run(round: readonly OutgoingRecord[]): Promise<void> {
    for (let i = 0; i < round.length; i += PRODUCE)
      this.#cluster.produce(TOPIC.vitals, round.slice(i, i + PRODUCE));
    await this.#cluster.drained();
    for (const _alert of this.#cluster.unread(TOPIC.alerts)) this.alerts++;
    for (const topic of [TOPIC.audit, TOPIC.deadLetters]) for (const _record of this.#cluster.unread(topic));
    this.#cluster.truncate();
  }
}

/** A path that has seen nothing yet. */
export async function wholePath(
  patients: number,
  intervalMinutes: number,
  lateness: Duration,
): Promise<WholePath> {
  const cluster = await inMemoryCluster({
    rules: screeningRules({ lateness }),
    clock: new ManualClock(0),
    partitions: PARTITIONS,
    instances: 1,
  });
  cluster.start();
  return new WholePath(cluster, syntheticStream({ seed: 7, patients, intervalMinutes, hours: 1_000_000 }));
}
