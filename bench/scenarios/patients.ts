/** Cost of a record when so many patients are held. Arguments: patients, readings per patient before, records, repetitions. */
import { LATENESS } from '../../operators/score-patient.ts';
import { argument, report } from '../measure.ts';
import { wholePath } from '../whole-path.ts';

const patients = argument(0, 1_000);
const readings = argument(1, 8);
const records = argument(2, 200_000);
const repetitions = argument(3, 3);

// The readings of all sizes are as many per patient, so only their number differs. At small sizes the code is
// warmed up on records that the window lets go of again: a reading every 4 h, so that 8 of them are held.
const path = await wholePath(patients, 240, LATENESS);
await path.feed(Math.max(patients * readings, records));
const costs: number[] = [];
for (let i = 0; i < repetitions; i++) costs.push(((await path.feed(records)) / records) * 1e6);
report([{ name: `${patients.toLocaleString('en')} patients`, unit: 'µs per record', samples: costs }]);
