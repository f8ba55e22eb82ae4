/**
 * Runs every scenario in a process of its own, keeps the raw figures in `bench/results/` and writes the table of
 * `bench/README.md`. `npm run bench` takes about ten minutes; `npm run bench -- quick` leaves out a million patients;
 * `npm run bench -- real` measures on a real Kafka instead.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Figure } from './measure.ts';
import { figureTable, intoReadme } from './table.ts';

/** As `npm start` sets it; the others are for measuring. */
const FLAGS = ['--max-semi-space-size=32', '--expose-gc', '--max-old-space-size=8192'];
const quick = process.argv.includes('quick');

const SCENARIOS: readonly (readonly [title: string, file: string, ...args: string[]])[] = [
  ['Whole path', 'end-to-end.ts'],
  ['Steps', 'steps.ts'],
  ['Cost by number of patients', 'patients.ts', '1000'],
  ['Cost by number of patients', 'patients.ts', '100000'],
  ...(quick ? [] : [['Cost by number of patients', 'patients.ts', '1000000'] as const]),
  ['Memory', 'memory.ts', '100000', '0'],
  ['Memory', 'memory.ts', '100000', '24'],
];

function inMemory(): void {
  const results = SCENARIOS.map(([title, file, ...args]) => {
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

const [, , what, ...rest] = process.argv;
if (what === 'real') await (await import('./real/real.ts')).real(rest);
else inMemory();
