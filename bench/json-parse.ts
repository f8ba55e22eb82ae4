import { syntheticStream } from '../app/ward/stream.ts';
import { cpuSeconds } from './measure.ts';

/**
 * What this machine needs just now to parse an Observation of 1.37 KB into objects and do nothing with it, in CPU-microseconds: how
 * fast it runs JavaScript, which differs twofold from one machine to the next, and by half from one hour to another.
 */
export async function parseMicroseconds(): Promise<number> {
  const sample: string[] = [];
  for (const bytes of syntheticStream({ seed: 1, patients: 1_000, intervalMinutes: 15, hours: 5 }))
    sample.push(Buffer.from(bytes).toString('latin1'));
  let sum = 0;
  const cpu = await cpuSeconds(() => {
    for (const text of sample) sum += Object.keys(JSON.parse(text) as object).length;
  });
  return sum > 0 ? (cpu * 1e6) / sample.length : Number.NaN;
}
