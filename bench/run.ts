/**
 * Runs every scenario in a process of its own, keeps the raw figures in `bench/results/` and writes the table of
 * `bench/README.md`. `npm run bench` takes about ten minutes; `npm run bench -- quick` leaves out a million patients;
 * `npm run bench -- real` measures on a real Kafka instead.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { ERRORS, isStreamsError } from '../topology/model/errors.ts';
import { benchArguments } from './arguments.ts';
import type { Figure } from './measure.ts';
import { figureTable, intoReadme } from './table.ts';

/** As `npm start` sets it; the others are for measuring. */
const FLAGS = ['--max-semi-space-size=32', '--expose-gc', '--max-old-space-size=8192'];

type InMemory = readonly [title: string, file: string, ...args: string[]];

const scenarios = (quick: boolean): readonly InMemory[] => [
  ['Whole path', 'end-to-end.ts'],
  ['Steps', 'steps.ts'],
  ['Cost by number of patients', 'patients.ts', '1000'],
  ['Cost by number of patients', 'patients.ts', '100000'],
  ...(quick ? [] : [['Cost by number of patients', 'patients.ts', '1000000'] as const]),
  ['Memory', 'memory.ts', '100000', '0'],
  ['Memory', 'memory.ts', '100000', '24'],
];

function inMemory(quick: boolean): void {
  const results = scenarios(quick).map(([title, file, ...args]) => {
    process.stderr.write(`${file} ${args.join(' ')}\n`);
    const path = new URL(`scenarios/${file}`, import.meta.url).pathname;
    const out = execFileSync(process.execPath, [...FLAGS, path, ...args], {
      encoding: 'utf8',
    });
    return { title, file, args, figures: JSON.parse(out) as Figure[] };
  });
  const taken = new Date().toISOString();
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  writeFileSync(
    new URL(`results/${taken.slice(0, 10)}.json`, import.meta.url),
    `${JSON.stringify({ taken, machine, results }, null, 1)}\n`,
  );
  const table = [`${taken.slice(0, 10)}, ${machine}`, '', figureTable(results)].join('\n');
  intoReadme('table', table);
  process.stdout.write(`${table}\n`);
}

try {
  const asked = benchArguments(process.argv.slice(2));
  if (asked.what === 'help') process.stdout.write(asked.text);
  else if (asked.what === 'memory') inMemory(asked.quick);
  else await (await import('./real/real.ts')).real(asked.args);
} catch (error) {
  if (!isStreamsError(error)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  // Workers that were started end with this process.
  process.exit(ERRORS[error.code].exit);
}
