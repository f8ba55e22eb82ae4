import { from, map, toArray } from 'rxjs';
import { expect, test } from 'vitest';
import { countRun, type Temperature, temperatureOf } from '../../examples/fever-runs.ts';
import { DeadLetter } from '../../topology/model/outcome.ts';
import type { FoldRecord, SourceRecord } from '../../topology/model/record.ts';

// #region fold
const temperature = (celsius: number): FoldRecord<Temperature> => ({
  key: 'ann',
  value: { patient: 'ann', celsius },
  position: { topic: 'fever.temperatures.by-patient', partition: 0, offset: 0 },
  timestamp: 0,
});

test('a fever makes the run longer, a normal temperature ends it', () => {
  expect(countRun(undefined, temperature(38.0))).toEqual([1, [1]]);
  expect(countRun(1, temperature(39.2))).toEqual([2, [2]]);
  expect(countRun(2, temperature(37.9))).toEqual([0, []]);
});
// #endregion

// #region stage
const line = (value: string | null): SourceRecord<string> => ({
  topic: 'thermometer.lines',
  partition: 0,
  offset: 0,
  timestamp: 0,
  key: null,
  value,
});

test('a line that is no temperature is a dead letter and not a guess', () => {
  const elements: unknown[] = [];
  from([line('ann 38.5'), line('ann high'), line(null)])
    .pipe(map(temperatureOf), toArray())
    .subscribe((all) => elements.push(...all));
  expect(elements).toEqual([
    { patient: 'ann', celsius: 38.5 },
    new DeadLetter('bad-value', 'a line is a patient and a temperature'),
    new DeadLetter('bad-value', 'a line is a patient and a temperature'),
  ]);
});
// #endregion
