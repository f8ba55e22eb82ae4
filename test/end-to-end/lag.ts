import { TOPIC } from '../../schemas/topics.ts';
import type { KafkaDriver, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { partitionsOf, until } from '../app/run/real-ward.ts';
import { committedBy } from '../oracle/real-cluster.ts';

const APPLICATION = 'sepsis-streams';
const SOURCES = [TOPIC.vitals, TOPIC.labs, TOPIC.encounters, TOPIC.medicationRequests];

/** How far everybody is, on a cluster whose topics have so many partitions. */
export class Lag {
  readonly #driver: KafkaDriver;
  readonly #partitions: number;

  constructor(driver: KafkaDriver, partitions: number) {
    this.#driver = driver;
    this.#partitions = partitions;
  }

  /** Records that were published so far. */
  async published(): Promise<number> {
    const ends = await this.#ends(this.#of(...SOURCES));
    return ends.reduce((sum, end) => sum + end, 0);
  }

  /** Resolves when so many records are published and screened, and what came of them can be read. */
  async screened(published: number): Promise<void> {
    await until(async () => ((await this.published()) >= published ? true : undefined));
    // A commit of the first half writes what the second reads, so one after the other; then no more alerts come.
    for (const topics of [SOURCES, [TOPIC.clinicalEvents]])
      await until(async () => ((await this.#isBehind(APPLICATION, this.#of(...topics))) ? undefined : true));
  }

  /** Resolves when a sink has carried out all that can be read by now. */
  async delivered(sink: 'pagerduty' | 'ehr'): Promise<void> {
    const at = this.#of(TOPIC.alerts);
    await until(async () => ((await this.#isBehind(`${APPLICATION}-${sink}`, at)) ? undefined : true));
  }

  async #isBehind(group: string, at: readonly TopicPartition[]): Promise<boolean> {
    const committed = await committedBy(this.#driver, group, at);
    const ends = await this.#ends(at);
    return at.some(
      ({ topic, partition }, i) => (committed.get(`${topic}/${partition}`)?.offset ?? 0) < (ends[i] ?? 0),
    );
  }

  /** What was written; resolves when no transaction is open there. */
  #ends(at: readonly TopicPartition[]): Promise<number[]> {
    return until(async () => {
      const ends = await this.#driver.admin().ends(at);
      const logs = at.map(({ topic, partition }) => ends.get(`${topic}/${partition}`));
      return logs.every((log) => log !== undefined && log.written === log.decided)
        ? logs.map((log) => log?.written ?? 0)
        : undefined;
    });
  }

  readonly #of = (...topics: readonly string[]): TopicPartition[] =>
    topics.flatMap((topic) => partitionsOf(topic, this.#partitions));
}
