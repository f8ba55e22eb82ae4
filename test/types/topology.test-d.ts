import { filter, map, mergeMap, type Observable } from 'rxjs';
import type { Flow, KeyedFlow } from '../../topology/dsl/flow.ts';
import type { Ticks, Topology } from '../../topology/dsl/nodes.ts';
import { topology } from '../../topology/dsl/topology.ts';
import { DeadLetter, Ignored } from '../../topology/model/outcome.ts';
import type { SourceRecord } from '../../topology/model/record.ts';
import type { Fold, FoldStep } from '../../topology/model/step.ts';
import type { Store } from '../../topology/model/store.ts';
import { instant, minutes } from '../../topology/model/time.ts';
import type { Topic } from '../../topology/model/topic.ts';

// What must not compile, each ban beside its twin that must: if a ban stops working, its `@ts-expect-error` fails,
// and if the language refuses what is right, the twin does. The compiler is the test; nothing here runs.

interface Reading {
  readonly patient: string;
  readonly value: number;
}
/** Has a `reason` as verdicts have, and is none. */
interface Refusal {
  readonly reason: string;
  readonly at: number;
}

declare const vitals: Topic<Uint8Array>;
declare const notes: Topic<string>;
declare const readings: Topic<Reading>;
declare const totals: Topic<number>;
declare const sums: Store<number>;
declare const names: Store<string>;
declare const lines: Flow<string>;
declare const values: Flow<Reading>;
declare const keyed: KeyedFlow<Reading>;

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
declare function is<Expected>(): <Actual>(
  flow: Actual,
  ...same: Same<Actual, Expected> extends true ? [] : [never]
) => void;

// The page on which a whole pipeline stands.
const sum: FoldStep<number, Reading, number> = (state = 0, { value }) => [state + value.value, [state]];
export const page: Topology = topology('page')
  .source('fhir', [vitals, notes])
  .stage(
    'decode',
    mergeMap(({ value }) => [
      value === null || typeof value === 'string'
        ? new Ignored('text')
        : { patient: 'p', value: value.length },
    ]),
  )
  .repartition('by-patient', readings, (reading) => reading.patient)
  .fold('sum', sums, sum)
  .to('totals', totals, { and: ['notes', notes, (total, key) => ({ key, value: `${total}` })] });

// A source gives the records of each of its topics.
is<Flow<SourceRecord<Uint8Array>>>()(topology('t').source('one', [vitals]));
is<Flow<SourceRecord<Uint8Array> | SourceRecord<string>>>()(topology('t').source('two', [vitals, notes]));
// @ts-expect-error a source of bytes is no source of text
is<Flow<SourceRecord<string>>>()(topology('t').source('one', [vitals]));

// Folding needs a key.
keyed.fold('sum', sums, sum);
export type KeyedFold = KeyedFlow<Reading>['fold'];
// @ts-expect-error an unkeyed flow has no fold
export type UnkeyedFold = Flow<Reading>['fold'];
const toValue = map((reading: Reading) => reading.value);
values.stage('again', toValue);
export type UnkeyedStage = Flow<Reading>['stage'];
// @ts-expect-error a stage loses the key, so a keyed flow has none
export type KeyedStage = KeyedFlow<Reading>['stage'];
keyed.mapValues('again', (reading) => reading.value);

// A fold fits its flow and its store.
is<KeyedFlow<number>>()(keyed.fold('sum', sums, sum));
// @ts-expect-error the store holds text, the step counts
keyed.fold('sum', names, sum);
declare const textStep: FoldStep<number, string, number>;
// @ts-expect-error the step takes text, the flow gives readings
keyed.fold('sum', sums, textStep);
const ticking: Fold<number, Reading, number> = {
  step: sum,
  due: () => instant(0),
  onTick: (n) => [undefined, [n]],
};
is<KeyedFlow<number>>()(keyed.fold('sum', sums, ticking));
// @ts-expect-error the tick of a store of numbers gets a number
keyed.fold('sum', sums, { step: sum, onTick: (state: string) => [undefined, [state.length]] });
// @ts-expect-error a step is synchronous
keyed.fold('sum', sums, async () => [1, [1]]);

// Verdicts go to the runtime, not down the stream; what only looks like one stays.
is<Flow<number>>()(
  lines.stage(
    'length',
    mergeMap((line) => [new Ignored('empty'), new DeadLetter('bad', 'x'), line.length]),
  ),
);
is<Flow<Refusal>>()(lines.mapValues('refuse', (reason): Refusal | DeadLetter => ({ reason, at: 0 })));
is<KeyedFlow<number>>()(keyed.fold('sum', sums, () => [1, [1, new Ignored('twice')]]));
// @ts-expect-error the verdict is gone from the type
is<Flow<number | Ignored>>()(
  lines.mapValues('length', (line) => (line === '' ? new Ignored('empty') : line.length)),
);

// A topic takes what it holds.
lines.to('notes', notes, { key: (line) => line });
// @ts-expect-error text does not go to a topic of numbers
lines.to('totals', totals, { key: (line) => line });
declare const mixed: KeyedFlow<string | number>;
// @ts-expect-error some of it would not fit
mixed.to('notes', notes);
mixed.filter('text', (value) => typeof value === 'string').to('notes', notes);
values.repartition('by-patient', readings, (reading) => reading.patient);
// @ts-expect-error a repartition topic takes what it holds, too
values.repartition('by-patient', totals, (reading) => reading.patient);
keyed.to('readings', readings, { and: ['totals', totals, ({ value }, key) => ({ key, value })] });
// @ts-expect-error the second output has its own topic, which holds numbers
keyed.to('readings', readings, { and: ['totals', totals, ({ patient }, key) => ({ key, value: patient })] });
declare const eitherOf: (reading: Reading, key: string) => { key: string; value: number | string };
// @ts-expect-error a part of what the second output makes would not fit
keyed.to('readings', readings, { and: ['totals', totals, eitherOf] });

// A sink has a key: the flow's, or one that it is told.
keyed.to('readings', readings);
values.to('readings', readings, { key: (reading) => reading.patient });
// @ts-expect-error an unkeyed flow must say the key
values.to('readings', readings);
// @ts-expect-error a key is text
values.to('readings', readings, { key: (reading) => reading.value });
// @ts-expect-error a key is text
values.repartition('by-value', readings, (reading) => reading.value);

// Steps are synchronous.
lines.stage(
  'length',
  map((line) => line.length),
);
const promised = map(async (line: string) => line.length);
// @ts-expect-error the elements would be promises
lines.stage('length', promised);
const sometimesPromised = map((line: string) => (line === '' ? 0 : Promise.resolve(1)));
// @ts-expect-error some elements would be promises
lines.stage('length', sometimesPromised);
lines.stage('all', (all: Observable<string>) => all);
// @ts-expect-error the operator itself would be awaited
lines.stage('all', async (all: Observable<string>) => all);
lines.mapValues('length', (line) => line.length);
// @ts-expect-error the values would be promises
lines.mapValues('length', async (line) => line.length);
// @ts-expect-error a promise is always true
lines.filter('some', async (line) => line !== '');
// @ts-expect-error a promise is no key
lines.repartition('by', notes, async (line) => line);

// A stage fits its flow.
const positive = filter((n: number) => n > 0);
lines.mapValues('length', (line) => line.length).stage('positive', positive);
// @ts-expect-error a stage of numbers does not follow a flow of text
lines.stage('positive', positive);

// A length of time is no number.
const ticks = { valueAt: (): Reading => ({ patient: '', value: 0 }), timeOf: () => undefined };
values.repartition('by-patient', readings, (reading) => reading.patient, {
  ticks: { every: minutes(1), ...ticks },
});
// @ts-expect-error sixty what?
values.repartition('by-patient', readings, (reading) => reading.patient, { ticks: { every: 60, ...ticks } });
declare const textTicks: Ticks<string>;
// @ts-expect-error the ticks of a topic are values of that topic
values.repartition('by-patient', readings, (reading) => reading.patient, { ticks: textTicks });

// Filters and branches narrow; only the branches that were named are there.
is<KeyedFlow<string>>()(mixed.filter('text', (value) => typeof value === 'string'));
const branches = mixed.branch('by-type', { text: (value) => typeof value === 'string', rest: () => true });
is<KeyedFlow<string>>()(branches.text);
is<KeyedFlow<string | number>>()(branches.rest);
// @ts-expect-error no such branch
export const other: unknown = branches.other;

// Merged flows hold the same.
is<Flow<string>>()(
  lines.merge(
    'both',
    lines.filter('some', (line) => line !== ''),
  ),
);
// @ts-expect-error readings are no text
lines.merge('both', values);
// @ts-expect-error a flow with a key and one without do not merge
keyed.merge('both', values);
// @ts-expect-error one flow is nothing to merge
lines.merge('alone');
