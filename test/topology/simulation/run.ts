/**
 * Any number of seeds: `npm run simulate -- --seeds 10000 --from 2000`; one seed again, shrunk: `--seed 4711`.
 * Ends with 1 at the first failure, which it shrinks and tells how to see again.
 */
import { parseArgs } from 'node:util';
import { shrink } from '../../../topology/testing/simulation/shrink.ts';
import { SimulationFailure, simulate } from '../../../topology/testing/simulation/simulate.ts';
import { listing } from '../runtime/small-topologies.ts';
import { wordLines } from './words.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string' },
    lines: { type: 'string' },
  },
});
const from = Number(values.seed ?? values.from ?? 0);
const seeds = values.seed === undefined ? Number(values.seeds ?? 2_000) : 1;
const input = wordLines(Number(values.lines ?? 60));
if (![from, seeds, input.length].every(Number.isSafeInteger) || seeds < 1) {
  process.stderr.write('--seeds, --from, --seed and --lines take whole numbers\n');
  process.exit(2);
}

const hits = new Map<string, number>();
for (let seed = from; seed < from + seeds; seed++) {
  try {
    const { coverage } = await simulate(listing(), input, { seed });
    for (const [point, count] of coverage) hits.set(point, (hits.get(point) ?? 0) + count);
  } catch (error) {
    if (!(error instanceof SimulationFailure)) throw error;
    process.stdout.write(`${error.message}\nShrinking ${error.report.faults.length} faults …\n`);
    const { failure } = await shrink(listing(), input, { seed }, error);
    process.stdout.write(
      `${failure.report.faults.length} faults are enough:\n${failure.message}\nAgain: npm run simulate -- --seed ${seed} --lines ${input.length}\n`,
    );
    process.exit(1);
  }
  if ((seed - from + 1) % 500 === 0) process.stderr.write(`${seed - from + 1} of ${seeds} seeds\n`);
}
for (const [point, count] of hits) process.stdout.write(`${point}: ${count}\n`);
process.stdout.write(`${seeds} seeds from ${from} on: nothing lost, nothing doubled, nothing out of order\n`);
