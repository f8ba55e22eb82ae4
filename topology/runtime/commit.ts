import type { OutgoingRecord } from '../model/record.ts';
import type { CommittedOffset, GroupGeneration, OffsetCommits, TransactionPort } from '../ports/kafka-driver.ts';
import { metadataText } from './restore.ts';
import type { Task } from './task.ts';

/** One commit: all outputs and all input offsets of a worker's tasks in one transaction. */
export class Commit {
  readonly #transactions: TransactionPort;
  readonly #topologyHash: string;
  #offsets: OffsetCommits = new Map();

  constructor(transactions: TransactionPort, topologyHash: string) {
    this.#transactions = transactions;
    this.#topologyHash = topologyHash;
  }

  /** What was, or was to be, committed, by `topic/partition`. */
  get offsets(): OffsetCommits {
    return this.#offsets;
  }

  /**
   * Outputs acknowledged, then offsets fenced by the generation of the assignment, then the commit.
   * Throws what the port throws; the caller settles it.
   */
  async run(outputs: readonly (readonly [string, readonly OutgoingRecord[]])[], tasks: readonly Task[], generation: GroupGeneration): Promise<'committed' | 'nothing'> {
    const offsets = new Map<string, CommittedOffset>();
    for (const task of tasks) {
      const metadata = task.stateful && task.next.size > 0 ? metadataText(task.stateHash, this.#topologyHash) : '';
      for (const [topic, offset] of task.next) offsets.set(`${topic}/${task.partition}`, { offset, metadata });
    }
    this.#offsets = offsets;
    if (offsets.size === 0 && outputs.length === 0) return 'nothing';
    this.#transactions.begin();
    for (const [topic, records] of outputs) await this.#transactions.send(topic, records);
    if (offsets.size > 0) await this.#transactions.sendOffsets(offsets, generation);
    await this.#transactions.commit();
    return 'committed';
  }

  /** Whether the committed offsets are ours: the transaction whose answer was lost stands. */
  stands(committed: ReadonlyMap<string, CommittedOffset>): boolean {
    return this.#offsets.size > 0 && [...this.#offsets].every(([at, { offset }]) => committed.get(at)?.offset === offset);
  }
}
