/** A small topology that hears time pass: says of which patient no reading came for half an hour. */
import { map } from 'rxjs';
import type { Topology } from '../topology/dsl/nodes.ts';
import { topology } from '../topology/dsl/topology.ts';
import { type Codec, text } from '../topology/model/codec.ts';
import { DeadLetter, Ignored } from '../topology/model/outcome.ts';
import type { SourceRecord } from '../topology/model/record.ts';
import type { Fold } from '../topology/model/step.ts';
import { type Store, store } from '../topology/model/store.ts';
import { hours, type Instant, instant, minutes } from '../topology/model/time.ts';
import { type Topic, topic } from '../topology/model/topic.ts';

export interface Reading {
  readonly patient: string;
  /** When it was taken, epoch milliseconds. */
  readonly at: number;
}

/** What the topology writes to itself each minute. */
interface Tick {
  readonly tick: number;
}

/** What is kept of a patient. */
interface LastReading {
  readonly at: number;
  /** Whether it was said already that the next one is overdue. */
  readonly told: boolean;
}

const json = <T>(name: string): Codec<T> => ({
  name: `json ${name}`,
  encode: (value) => text.encode(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(text.decode(bytes)) as T,
});

export const topics: {
  readonly readings: Topic<Reading>;
  readonly byPatient: Topic<Reading | Tick>;
  readonly overdue: Topic<string>;
} = {
  readings: topic('monitor.readings', json<Reading>('Reading')),
  byPatient: topic('monitor.readings.by-patient', json<Reading | Tick>('Reading | Tick'), { internal: true }),
  overdue: topic('monitor.overdue', text),
};

export const lastReadings: Store<LastReading> = store('last-readings', json<LastReading>('LastReading'), 1);

const readingOf = ({ value }: SourceRecord<Reading>): Reading | Ignored => value ?? new Ignored('tombstone');

/** The order of arrival does not matter within an hour; what is older is late. */
export const watch: Fold<LastReading, Reading | Tick, string> = {
  step: (last, { value }) => {
    if ('tick' in value) return [last, []];
    if (last === undefined || value.at > last.at) return [{ at: value.at, told: false }, []];
    const late = value.at < last.at - hours(1);
    return [last, late ? [new DeadLetter('late', 'at: more than an hour behind the newest reading')] : []];
  },
  due: ({ at, told }): Instant | undefined => (told ? undefined : instant(at + minutes(30))),
  onTick: ({ at }, patient) => [{ at, told: true }, [`no reading of ${patient} for half an hour`]],
};

export const overdueReadings: Topology = topology('overdue-readings')
  .source('readings', [topics.readings])
  .stage('read', map(readingOf))
  .repartition('by-patient', topics.byPatient, (value) => ('tick' in value ? '' : value.patient), {
    ticks: {
      every: minutes(1),
      valueAt: (tick) => ({ tick }),
      timeOf: (value) => ('tick' in value ? instant(value.tick) : undefined),
    },
  })
  .fold('watch', lastReadings, watch)
  .to('overdue', topics.overdue);
