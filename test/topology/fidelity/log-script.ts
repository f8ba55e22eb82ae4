import fc from 'fast-check';
import { isStreamsError } from '../../../topology/model/errors.ts';
import type { Identity, World } from './world.ts';

/** Producers by their number: the first two contend for one transactional id, the third has its own, the fourth has none. */
const IDS: readonly (string | null)[] = ['x', 'x', 'y', null];
const NOBODY = { generation: -1, memberId: '' };
const TIMEOUT = 120_000;

/** One step of a script about logs, transactions and offsets. Any sequence of them is a script. */
export type LogStep =
  /** The producer begins: a new epoch of its id. */
  | { readonly do: 'init'; readonly p: number }
  | { readonly do: 'add partition'; readonly p: number; readonly partition: number }
  | { readonly do: 'add group'; readonly p: number; readonly group: number }
  /**
   * A batch: the next one; the last one once more, as long as its transaction is open (later it is refused, and a broker then keeps for a
   * while in mind that it came: a case of its own); one before which something is missing; the next one outside the transaction.
   */
  | {
      readonly do: 'send';
      readonly p: number;
      readonly partition: number;
      readonly count: number;
      readonly how: 'next' | 'again' | 'gap' | 'plain';
    }
  /** A batch of nobody. */
  | { readonly do: 'append'; readonly partition: number; readonly count: number }
  | { readonly do: 'send offset'; readonly p: number; readonly group: number; readonly partition: number }
  | { readonly do: 'end'; readonly p: number; readonly commit: boolean }
  | { readonly do: 'commit offset'; readonly group: number; readonly partition: number }
  | {
      readonly do: 'read offset';
      readonly group: number;
      readonly partition: number;
      readonly stable: boolean;
    }
  /** Lets go of a part of the log, in tenths. */
  | { readonly do: 'delete'; readonly partition: number; readonly tenths: number }
  | { readonly do: 'look'; readonly partition: number };

const p = fc.nat(IDS.length - 1);
const partition = fc.nat(1);
const group = fc.nat(1);
const count = fc.integer({ min: 1, max: 3 });

const weighted = (
  ...of: readonly (readonly [weight: number, fc.Arbitrary<LogStep>])[]
): fc.Arbitrary<LogStep> => fc.oneof(...of.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** Any step at any time: most of them are refused, each for its own reason. */
const anyStep = weighted(
  [2, fc.record({ do: fc.constant('init'), p })],
  [2, fc.record({ do: fc.constant('add partition'), p, partition })],
  [1, fc.record({ do: fc.constant('add group'), p, group })],
  [
    8,
    fc.record({ do: fc.constant('send'), p, partition, count, how: fc.constantFrom('next', 'again', 'gap') }),
  ],
  [2, fc.record({ do: fc.constant('append'), partition, count })],
  [2, fc.record({ do: fc.constant('send offset'), p, group, partition })],
  [3, fc.record({ do: fc.constant('end'), p, commit: fc.boolean() })],
  [1, fc.record({ do: fc.constant('commit offset'), group, partition })],
  [2, fc.record({ do: fc.constant('read offset'), group, partition, stable: fc.boolean() })],
  [1, fc.record({ do: fc.constant('delete'), partition, tenths: fc.nat(10) })],
  [1, fc.record({ do: fc.constant('look'), partition })],
);

/** What a client does in a transaction, of which the end may be missing. */
const transaction = fc
  .record({
    p,
    partition,
    group,
    count,
    again: fc.boolean(),
    offsets: fc.boolean(),
    end: fc.option(fc.boolean()),
  })
  .map(({ end, offsets, again, ...of }): LogStep[] => [
    { do: 'add partition', p: of.p, partition: of.partition },
    { do: 'send', ...of, how: 'next' },
    ...(again ? [{ do: 'send', ...of, how: 'again' } as const] : []),
    ...(offsets
      ? [
          { do: 'add group', p: of.p, group: of.group } as const,
          { do: 'send offset', p: of.p, group: of.group, partition: of.partition } as const,
        ]
      : []),
    ...(end === null ? [] : [{ do: 'end', p: of.p, commit: end } as const]),
  ]);

/** Producers that have begun, and what they do and are refused. */
export const logScript: fc.Arbitrary<LogStep[]> = fc
  .tuple(
    fc.subarray([0, 1, 2, 3], { minLength: 2 }),
    fc.array(
      fc.oneof(
        transaction,
        anyStep.map((step) => [step]),
      ),
      { minLength: 3, maxLength: 12 },
    ),
  )
  .map(([begun, parts]) => [...begun.map((n): LogStep => ({ do: 'init', p: n })), ...parts.flat()]);

interface Sent {
  /** Of the transaction, counted by the client. */
  readonly of: number;
  readonly sequence: number;
  readonly values: readonly string[];
}

/** A producer as its client knows it. */
interface Producer {
  readonly id: string | null;
  of: Identity;
  /** By partition. */
  readonly next: Map<number, number>;
  readonly last: Map<number, Sent>;
  transactions: number;
}

/** Plays a script, and gives what came of each step: what the cluster said, or what it refused it with. */
export async function playLog(world: World, script: readonly LogStep[]): Promise<string[]> {
  // One that has not begun is nobody the cluster knows.
  const producers = IDS.map(
    (id): Producer => ({
      id,
      of: { producerId: -1, epoch: -1 },
      next: new Map(),
      last: new Map(),
      transactions: 0,
    }),
  );
  const outcomes: string[] = [];
  const everything: LogStep[] = [0, 1].flatMap((n): LogStep[] => [
    { do: 'look', partition: n },
    ...[0, 1].map((g): LogStep => ({ do: 'read offset', group: g, partition: n, stable: true })),
  ]);
  for (const [i, step] of [...script, ...everything].entries()) {
    outcomes.push(`${told(step)}: ${await outcomeOf(taken(world, step, i, producers))}`);
  }
  return outcomes;
}

const told = ({ do: what, ...of }: LogStep): string => `${what} ${Object.values(of).join(' ')}`;

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify((await work) ?? 'done');
  } catch (error) {
    if (isStreamsError(error)) return error.code;
    throw error;
  }
}

async function taken(
  world: World,
  step: LogStep,
  number: number,
  producers: readonly Producer[],
): Promise<unknown> {
  const producer = producers['p' in step ? step.p : 0] as Producer;
  const { id, of } = producer;
  switch (step.do) {
    case 'init':
      producer.of = await world.initProducerId(id, TIMEOUT);
      producer.next.clear();
      producer.last.clear();
      return producer.of.epoch;
    case 'add partition':
      return id === null ? undefined : world.addPartitions(id, of, [step.partition]);
    case 'add group':
      return id === null ? undefined : world.addOffsets(id, of, `g${step.group}`);
    case 'send':
      return sent(world, step, number, producer);
    case 'append':
      return world.produce(step.partition, valuesOf(number, step.count), undefined);
    case 'send offset': {
      const at = { partition: step.partition, offset: number };
      return id === null ? undefined : world.stageOffset(id, of, `g${step.group}`, NOBODY, at);
    }
    case 'end':
      if (id === null) return undefined;
      await world.endTransaction(id, of, step.commit);
      producer.transactions++;
      return undefined;
    case 'commit offset':
      return world.commitOffset(`g${step.group}`, NOBODY, { partition: step.partition, offset: number });
    case 'read offset':
      return world.committedOffset(`g${step.group}`, step.partition, step.stable);
    case 'delete': {
      const { end } = await world.look(step.partition);
      return world.deleteRecords(step.partition, Math.floor((end * step.tenths) / 10));
    }
    case 'look':
      return world.look(step.partition);
  }
}

const valuesOf = (step: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${step}.${i}`);

async function sent(
  world: World,
  { partition: at, count, how }: Extract<LogStep, { do: 'send' }>,
  number: number,
  { id, of, next, last, transactions }: Producer,
): Promise<unknown> {
  if (of.producerId < 0) return undefined;
  const before = last.get(at);
  if (how === 'again' && before?.of !== transactions) return undefined;
  // Where nothing of it is known a broker takes any number; unless it was refused a smaller one, which it keeps in mind for a while.
  if (how === 'gap' && before === undefined) return undefined;
  const sequence = (next.get(at) ?? 0) + (how === 'gap' ? 5 : 0);
  const batch =
    how === 'again' && before !== undefined
      ? before
      : { of: transactions, sequence, values: valuesOf(number, count) };
  const transactionalId = how === 'plain' ? null : id;
  const offset = await world.produce(at, batch.values, { ...of, transactionalId, sequence: batch.sequence });
  if (how !== 'again') {
    next.set(at, batch.sequence + count);
    last.set(at, batch);
  }
  return offset;
}
