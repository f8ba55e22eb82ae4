import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BrokerState } from '../../../../connectors/memory/cluster/broker.ts';
import type { ProducerIdentity } from '../../../../connectors/memory/cluster/transaction-coordinator.ts';
import { codeOf } from './group-world.ts';
import { record } from './log-model.ts';

const PARTITIONS = [0, 1, 2].map((partition) => ({ topic: 'out', partition }));
const source = { topic: 'in', partition: 0 };

/** A client that gives up and begins anew whenever it is refused, as the engine's does. */
class Producer {
  readonly #broker: BrokerState;
  readonly #id: string;
  #identity: ProducerIdentity | undefined;
  #sequences = new Map<number, number>();
  /** What it has written in the open transaction, and the offset it has staged. */
  #open: { at: number; text: string }[] = [];
  #staged: number | undefined;
  readonly committed: { at: number; text: string }[] = [];
  readonly stagedCommits: number[] = [];

  constructor(broker: BrokerState, id: string) {
    this.#broker = broker;
    this.#id = id;
  }

  write(at: number, text: string, now: number): void {
    const done = this.#try((identity) => {
      const partition = PARTITIONS[at] as (typeof PARTITIONS)[number];
      this.#broker.transactions.addPartitions(identity, [partition], now);
      const sequence = this.#sequences.get(at) ?? 0;
      const stamp = { ...identity, sequence, transactional: true };
      const offset = this.#broker.produce(partition, [record(text)], stamp);
      // The answer was lost, and the batch is sent again.
      expect(this.#broker.produce(partition, [record(text)], stamp)).toBe(offset);
      this.#sequences.set(at, sequence + 1);
    });
    if (done) this.#open.push({ at, text });
  }

  stage(offset: number, now: number): void {
    const done = this.#try((identity) => {
      this.#broker.transactions.addOffsets(identity, 'g', now);
      const offsets = new Map([['in/0', { offset, metadata: '' }]]);
      this.#broker.txnOffsetCommit('g', identity, { generation: -1, memberId: '' }, offsets);
    });
    if (done) this.#staged = offset;
  }

  end(commit: boolean): void {
    if (this.#open.length === 0 && this.#staged === undefined) return;
    if (this.#try((identity) => this.#broker.transactions.end(identity, commit)) && commit) {
      this.committed.push(...this.#open);
      if (this.#staged !== undefined) this.stagedCommits.push(this.#staged);
    }
    this.#open = [];
    this.#staged = undefined;
  }

  crash(): void {
    this.#identity = undefined;
    this.#sequences = new Map();
    this.#open = [];
    this.#staged = undefined;
  }

  #try(call: (identity: ProducerIdentity) => void): boolean {
    const code = codeOf(() => {
      this.#identity ??= {
        transactionalId: this.#id,
        ...this.#broker.transactions.initProducerId(this.#id, 1_000),
      };
      call(this.#identity);
    });
    expect(['ok', 'fenced', 'concurrent-transactions']).toContain(code);
    if (code === 'fenced') this.crash();
    return code === 'ok';
  }
}

const who = fc.nat({ max: 2 });
const act = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('write' as const), who, at: who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('stage' as const), who }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('end' as const), who, commit: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), who }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('marker' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 1_500 }) }) },
);

function visible(broker: BrokerState): { at: number; text: string }[] {
  return PARTITIONS.flatMap((partition, at) =>
    broker
      .partition(partition)
      .log.read(0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, { committed: true })
      .records.map(({ value }) => ({ at, text: Buffer.from(value ?? []).toString() })),
  );
}

const sorted = (written: readonly { at: number; text: string }[]): string[] =>
  written.map(({ at, text }) => `${at} ${text}`).toSorted();

test('what is acknowledged as committed is there once and whole, and nothing else, whoever crashes and whenever markers come', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
      const broker = new BrokerState();
      broker.createTopics([{ name: 'out', partitions: PARTITIONS.length }]);
      const producers = ['a', 'b', 'c'].map((id) => new Producer(broker, id));
      let now = 0;
      acts.forEach((one, i) => {
        const pending = broker.transactions.pendingMarkers();
        const marker = one.kind === 'marker' ? pending[one.which % pending.length] : undefined;
        if (marker !== undefined) broker.transactions.writeMarker(marker);
        if (one.kind === 'wait') broker.transactions.expire((now += one.ms));
        const producer = 'who' in one ? producers[one.who] : undefined;
        if (one.kind === 'write') producer?.write(one.at, String(i), now);
        if (one.kind === 'stage') producer?.stage(i, now);
        if (one.kind === 'end') producer?.end(one.commit);
        if (one.kind === 'crash') producer?.crash();
        const committed = new Set(sorted(producers.flatMap((other) => other.committed)));
        for (const text of sorted(visible(broker))) expect(committed).toContain(text);
      });
      // The open ones run out of time, and all that is decided is written.
      broker.transactions.expire(now + 1_001);
      for (const marker of broker.transactions.pendingMarkers()) broker.transactions.writeMarker(marker);
      expect(sorted(visible(broker))).toEqual(sorted(producers.flatMap(({ committed }) => committed)));
      const staged = producers.flatMap(({ stagedCommits }) => stagedCommits);
      const last = staged.length === 0 ? undefined : Math.max(...staged);
      expect(broker.offsets('g').read([source], true).get('in/0')?.offset).toBe(last);
    }),
    { numRuns: 200 },
  );
});
