import type { FeedRecord } from '../../connectors/files/feed-record.ts';
import { ManualClock } from '../../connectors/memory/clocks.ts';
import { ORIGIN_HEADER } from '../../operators/decode-fhir.ts';
import type { ScreeningRules } from '../../operators/screening-rules.ts';
import { stores } from '../../operators/stores.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { ARRIVAL_HEADER, TOPIC } from '../../schemas/topics.ts';
import type { Headers, OutgoingRecord } from '../../topology/model/record.ts';
import type { Telemetry } from '../../topology/ports/telemetry.ts';
import { type InMemoryCluster, inMemoryCluster } from '../cluster/in-memory-cluster.ts';
import { type ReplayedDeadLetter, replayedDeadLetter } from './dead-letter.ts';
import { byText } from './episode-fold.ts';
import type { PatientState } from './explain.ts';
import type { Sources } from './sources.ts';

export interface ReplayedClusterOptions {
  readonly rules: ScreeningRules;
  readonly partitions: number;
  readonly instances: number;
  readonly telemetry: Telemetry;
  readonly sources: Sources;
}

/** What came out of one round, alerts by partition and offset. */
export interface RoundResults {
  readonly alerts: Iterable<{ readonly partition: number; readonly alert: SepsisAlert }>;
  readonly deadLetters: Iterable<ReplayedDeadLetter>;
}

/** Year 275760, the last that a time in JavaScript can have; a recording's arrival beyond it is none. */
const LAST_TIME = 8.64e15;

/**
 * The sepsis topology under a recording, a round of records at a time. Its clock is the recording's: it stands at the
 * latest arrival, and no ticks are written.
 *
 * A round goes into one partition of one topic. A recording is read faster than it was made, and between topics and
 * partitions there is no order: a patient's labs could overtake the vital signs of days, and the lateness rule would
 * judge the replay and not the recording. The topology selects by code and keys by patient itself, so neither the topic
 * nor the partition that a record comes from means anything to it.
 */
export class ReplayedCluster {
  readonly #cluster: InMemoryCluster;
  readonly #clock: ManualClock;
  readonly #options: ReplayedClusterOptions;
  #round = 0;

  private constructor(cluster: InMemoryCluster, clock: ManualClock, options: ReplayedClusterOptions) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#options = options;
  }

  static async start(options: ReplayedClusterOptions): Promise<ReplayedCluster> {
    const clock = new ManualClock(0);
    const { rules, partitions, instances, telemetry } = options;
    const cluster = await inMemoryCluster({ rules, clock, partitions, instances, telemetry, ticks: false });
    cluster.start();
    return new ReplayedCluster(cluster, clock, options);
  }

  /** Screens the records; when it resolves all that they cause is in the results, which must be read before the next round. */
  async round(records: readonly FeedRecord[]): Promise<RoundResults> {
    this.#cluster.truncate();
    const partition = this.#round++ % this.#options.partitions;
    this.#cluster.produce(
      TOPIC.vitals,
      records.map((record) => this.#outgoing(record, partition)),
    );
    await this.#cluster.drained();
    this.#cluster.pass(TOPIC.audit);
    return { alerts: this.#alerts(), deadLetters: this.#deadLetters() };
  }

  /** Final state of each patient, by patient. Good until the next round. */
  patients(): PatientState[] {
    return [...this.#cluster.state(stores.patients.name)].sort(([a], [b]) => byText(a, b));
  }

  stop(): Promise<void> {
    return this.#cluster.stop();
  }

  #outgoing(record: FeedRecord, partition: number): OutgoingRecord {
    const headers: Record<string, Uint8Array> = {
      [ORIGIN_HEADER]: Buffer.from(this.#options.sources.originText(record)),
    };
    const arrival = arrivalOf(record);
    if (arrival !== undefined) {
      headers[ARRIVAL_HEADER] = Buffer.from(String(arrival));
      this.#clock.moveTo(arrival);
    }
    const fed: Headers = headers;
    return { key: record.key, value: record.value, timestamp: arrival ?? 0, headers: fed, partition };
  }

  *#alerts(): Generator<{ readonly partition: number; readonly alert: SepsisAlert }> {
    for (const { partition, value } of this.#cluster.unread(TOPIC.alerts)) {
      if (value !== null) yield { partition, alert: this.#cluster.codecs.sepsisAlert.decode(value) };
    }
  }

  *#deadLetters(): Generator<ReplayedDeadLetter> {
    for (const record of this.#cluster.unread(TOPIC.deadLetters)) {
      yield replayedDeadLetter(record, this.#options.sources, this.#cluster.codecs);
    }
  }
}

function arrivalOf({ arrival }: FeedRecord): number | undefined {
  return arrival !== undefined && Math.abs(arrival) <= LAST_TIME ? Math.floor(arrival) : undefined;
}
