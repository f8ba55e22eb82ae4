/** A small topology of one's own: counts how many temperatures of a patient in a row were at or above 38 Cel. */
import { map } from 'rxjs';
import type { Topology } from '../topology/dsl/nodes.ts';
import { topology } from '../topology/dsl/topology.ts';
import { type Codec, text } from '../topology/model/codec.ts';
import { DeadLetter } from '../topology/model/outcome.ts';
import type { SourceRecord } from '../topology/model/record.ts';
import type { FoldStep } from '../topology/model/step.ts';
import { type Store, store } from '../topology/model/store.ts';
import { type Topic, topic } from '../topology/model/topic.ts';

export interface Temperature {
  readonly patient: string;
  readonly celsius: number;
}

const json = <T>(name: string): Codec<T> => ({
  name: `json ${name}`,
  encode: (value) => text.encode(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(text.decode(bytes)) as T,
});

export const topics: {
  readonly lines: Topic<string>;
  readonly temperatures: Topic<Temperature>;
  readonly runs: Topic<number>;
} = {
  lines: topic('thermometer.lines', text),
  temperatures: topic('fever.temperatures.by-patient', json<Temperature>('Temperature'), { internal: true }),
  runs: topic('fever.runs', json<number>('number')),
};

export const runs: Store<number> = store('runs', json<number>('number'), 1);

/** `patient celsius` to a temperature; anything else is a dead letter, never a guess. */
export function temperatureOf({ value }: SourceRecord<string>): Temperature | DeadLetter {
  const [, patient, celsius] = /^(\S+) (\d{2}(?:\.\d)?)$/.exec(value ?? '') ?? [];
  if (patient === undefined) return new DeadLetter('bad-value', 'a line is a patient and a temperature');
  return { patient, celsius: Number(celsius) };
}

/** Emits the length of the run each time it grows. */
export const countRun: FoldStep<number, Temperature, number> = (before = 0, { value }) => {
  const length = value.celsius >= 38 ? before + 1 : 0;
  return [length, length > before ? [length] : []];
};

export const feverRuns: Topology = topology('fever-runs')
  .source('lines', [topics.lines])
  .stage('read-temperature', map(temperatureOf))
  .repartition('by-patient', topics.temperatures, ({ patient }) => patient)
  .fold('count-run', runs, countRun)
  .to('runs', topics.runs);
