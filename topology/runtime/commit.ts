import { StreamsError } from '../model/errors.ts';
import type { OutgoingRecord } from '../model/record.ts';
import { allEnded } from '../ports/all-ended.ts';
import type { Appended, CommittedOffset, OffsetCommits, TransactionPort } from '../ports/kafka-driver.ts';
import { commonText, metadataText } from './commit-metadata.ts';
import type { Owned } from './owned.ts';
import type { Scope } from './scope.ts';

type Outputs = readonly (readonly [topic: string, records: readonly OutgoingRecord[]])[];

/** Takes on what was sent to a topic that the worker reads itself; what it leads to is in the outbox. */
export type Carry = (topic: string, appended: readonly Appended[]) => Promise<void>;

/** One commit: all outputs and all input offsets of a scope in one transaction. */
export class Commit {
  readonly scope: Scope;
  readonly #owned: Owned;
  readonly #topologyHash: string;
  #outputs: Outputs;
  #offsets: OffsetCommits = new Map();
  #records = 0;

  constructor(scope: Scope, owned: Owned, topologyHash: string) {
    this.scope = scope;
    this.#owned = owned;
    this.#topologyHash = topologyHash;
    this.#outputs = scope.outbox.drain();
  }

  get empty(): boolean {
    return this.#outputs.length === 0 && this.scope.tasks.every(({ next }) => next.size === 0);
  }

  /** What was, or was to be, committed, by `topic/partition`; nothing before all outputs are acknowledged. */
  get offsets(): OffsetCommits {
    return this.#offsets;
  }

  get outputs(): Outputs {
    return this.#outputs;
  }

  /** Input records that it is about. */
  get records(): number {
    return this.#records;
  }

  /**
   * Outputs acknowledged, with those that they lead to in this worker, then offsets fenced by the generation of the assignment, then the
   * commit. @throws StreamsError `not-assigned` when the assignment went meanwhile; else what the port throws.
   */
  async run(transactions: TransactionPort, carry: Carry, stillOwned: () => boolean): Promise<void> {
    const check = (): void => {
      if (!stillOwned()) throw new StreamsError('not-assigned', 'The assignment went during a commit.');
    };
    check();
    transactions.begin();
    for (let outputs = this.#outputs; outputs.length > 0; outputs = this.#more()) {
      // At once, so that a driver may write all of it with one request. Whatever becomes of it, nothing may be under way behind the end.
      const sent = await allEnded(
        outputs.map(async ([topic, records]) => [topic, await transactions.send(topic, records)] as const),
      );
      for (const [topic, appended] of sent) {
        check();
        await carry(topic, appended);
      }
      check();
    }
    this.#offsets = this.#moved();
    this.#records = this.scope.uncommitted;
    this.scope.uncommitted = 0;
    if (this.#offsets.size > 0) {
      await transactions.sendOffsets(this.#offsets, this.#owned.assignment.generation);
      check();
    }
    await transactions.commit();
  }

  #more(): Outputs {
    const more = this.scope.outbox.drain();
    this.#outputs = [...this.#outputs, ...more];
    return more;
  }

  #moved(): OffsetCommits {
    const owned = this.#owned;
    const offsets = new Map<string, CommittedOffset>();
    const common = { began: owned.began, scope: this.scope.name };
    for (const task of this.scope.tasks) {
      if (task.next.size === 0) continue;
      const hash = task.stateful ? task.stateHash : undefined;
      for (const [topic, offset] of task.next) {
        const at = `${topic}/${task.partition}`;
        if (hash === undefined) {
          offsets.set(at, { offset, metadata: commonText(common) });
          continue;
        }
        const partitions = owned.counts.get(topic);
        const from = owned.firstOf(at);
        const said = { hash, topology: this.#topologyHash, partitions, from };
        offsets.set(at, { offset, metadata: metadataText(said, common) });
      }
    }
    return offsets;
  }

  /** Whether the committed offsets are ours, with what was said of them: then the transaction stands. */
  stands(committed: ReadonlyMap<string, CommittedOffset>): boolean {
    return (
      this.#offsets.size > 0 &&
      [...this.#offsets].every(([at, { offset, metadata }]) => {
        const there = committed.get(at);
        return there?.offset === offset && there.metadata === metadata;
      })
    );
  }
}
