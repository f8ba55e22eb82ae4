import { StreamsError } from '../model/errors.ts';
import type { OutgoingRecord } from '../model/record.ts';
import { allEnded } from '../ports/all-ended.ts';
import type {
  CommittedOffset,
  GroupGeneration,
  OffsetCommits,
  TransactionPort,
} from '../ports/kafka-driver.ts';
import { commonText, metadataText } from './commit-metadata.ts';
import type { Owned } from './owned.ts';
import type { Scope } from './scope.ts';

/** One commit: all outputs and all input offsets of a scope in one transaction. */
export class Commit {
  readonly scope: Scope;
  readonly outputs: readonly (readonly [topic: string, records: readonly OutgoingRecord[]])[];
  /** What was, or was to be, committed, by `topic/partition`. */
  readonly offsets: OffsetCommits;
  /** Input records that it is about. */
  readonly records: number;
  readonly #generation: GroupGeneration;

  constructor(scope: Scope, owned: Owned, topologyHash: string) {
    this.scope = scope;
    this.#generation = owned.assignment.generation;
    this.outputs = scope.outbox.drain();
    this.records = scope.uncommitted;
    scope.uncommitted = 0;
    const offsets = new Map<string, CommittedOffset>();
    const common = { began: owned.began, scope: scope.name };
    for (const task of scope.tasks) {
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
        const said = { hash, topology: topologyHash, partitions, from };
        offsets.set(at, { offset, metadata: metadataText(said, common) });
      }
    }
    this.offsets = offsets;
  }

  get empty(): boolean {
    return this.offsets.size === 0 && this.outputs.length === 0;
  }

  /**
   * Outputs acknowledged, then offsets fenced by the generation of the assignment, then the commit.
   * @throws StreamsError `not-assigned` when the assignment went meanwhile; else what the port throws.
   */
  async run(transactions: TransactionPort, stillOwned: () => boolean): Promise<void> {
    const check = (): void => {
      if (!stillOwned()) throw new StreamsError('not-assigned', 'The assignment went during a commit.');
    };
    check();
    transactions.begin();
    // At once, so that a driver may write all of it with one request. Whatever becomes of it, nothing may be under way behind the end.
    await allEnded(this.outputs.map(([topic, records]) => transactions.send(topic, records)));
    check();
    if (this.offsets.size > 0) {
      await transactions.sendOffsets(this.offsets, this.#generation);
      check();
    }
    await transactions.commit();
  }

  /** Whether the committed offsets are ours, with what was said of them: then the transaction stands. */
  stands(committed: ReadonlyMap<string, CommittedOffset>): boolean {
    return (
      this.offsets.size > 0 &&
      [...this.offsets].every(([at, { offset, metadata }]) => {
        const there = committed.get(at);
        return there?.offset === offset && there.metadata === metadata;
      })
    );
  }
}
