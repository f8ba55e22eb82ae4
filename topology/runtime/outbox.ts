import type { OutgoingRecord } from '../model/record.ts';

/** Outputs of the running batch by topic. A record that fails takes back what it added. */
export class Outbox {
  #byTopic = new Map<string, OutgoingRecord[]>();
  /** For each output since the last drain the list that it is in. */
  #added: OutgoingRecord[][] = [];
  #marked = 0;

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
    this.#marked = this.#added.length;
  }

  rollback(): void {
    while (this.#added.length > this.#marked) this.#added.pop()?.pop();
  }

  /** Hands over everything and begins anew. */
  drain(): readonly (readonly [topic: string, records: readonly OutgoingRecord[]])[] {
    const drained = [...this.#byTopic].filter(([, records]) => records.length > 0);
    // Not cleared: a map that is cleared points on to its next table, and through it one that is dead keeps all later outputs alive.
    this.#byTopic = new Map();
    this.#added = [];
    this.#marked = 0;
    return drained;
  }
}
