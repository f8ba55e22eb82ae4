/** Records of 1.3 KB per CPU-second, FHIR bytes in and alert bytes out. Arguments: patients, records, repetitions. */
import { syntheticStream } from '../../app/ward/stream.ts';
import { LATENESS } from '../../operators/score-patient.ts';
import { argument, cpuSeconds, report } from '../measure.ts';
import { wholePath } from '../whole-path.ts';

const patients = argument(0, 1_000);
const records = argument(1, 200_000);
const repetitions = argument(2, 5);

const path = await wholePath(patients, 15, LATENESS);
await path.feed(records);
const rates: number[] = [];
const parse: number[] = [];
for (let i = 0; i < repetitions; i++) {
  parse.push(await parseMicroseconds());
  rates.push(records / (await path.feed(records)));
}
report([
  { name: 'whole path', unit: 'records per CPU-second', samples: rates },
  {
    name: 'yardstick: JSON.parse alone',
    unit: 'records per CPU-second',
    samples: parse.map((us) => 1e6 / us),
  },
  { name: 'alerts', unit: 'records', samples: [path.alerts] },
]);

/** What this machine needs just now to parse such a record into objects and do nothing with it. */
async function parseMicroseconds(): Promise<number> {
  const sample: string[] = [];
  for (const bytes of syntheticStream({ seed: 1, patients: 1_000, intervalMinutes: 15, hours: 5 }))
    sample.push(Buffer.from(bytes).toString('latin1'));
  let sum = 0;
  const cpu = await cpuSeconds(() => {
    for (const text of sample) sum += Object.keys(JSON.parse(text) as object).length;
  });
  return sum > 0 ? (cpu * 1e6) / sample.length : Number.NaN;
}
