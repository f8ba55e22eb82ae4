import type { OutgoingRecord } from '../model/record.ts';

/** Outputs of the running batch by topic. A record that fails takes back what it added. */
export class Outbox {
  readonly #byTopic = new Map<string, OutgoingRecord[]>();
  #added: OutgoingRecord[][] = [];

  add(topic: string, record: OutgoingRecord): void {
    let records = this.#byTopic.get(topic);
    if (records === undefined) {
      records = [];
      this.#byTopic.set(topic, records);
    }
    records.push(record);
    this.#added.push(records);
  }

  /** From here on `rollback` can take back what is added. */
  mark(): void {
    this.#added.length = 0;
  }

  rollback(): void {
    for (const records of this.#added.reverse()) records.pop();
    this.#added = [];
  }

  has(topic: string): boolean {
    return (this.#byTopic.get(topic)?.length ?? 0) > 0;
  }

  /** Hands over everything and begins anew. */
  drain(): readonly (readonly [topic: string, records: readonly OutgoingRecord[]])[] {
    const drained = [...this.#byTopic].filter(([, records]) => records.length > 0);
    this.#byTopic.clear();
    this.#added = [];
    return drained;
  }
}
