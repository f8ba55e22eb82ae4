import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from '../measure.ts';
import { drainOnce, filled } from './drain.ts';
import { selfTimes } from './profile-sum.ts';
import type { Scenario } from './scenario.ts';

/** Less than this is not told. */
const LEAST = 0.004;

/** Where a worker spends its CPU while it drains. */
export const profile: Scenario = {
  name: 'profile',
  title: 'Profile of a drain',
  run: async (bench) => {
    const { options, say } = bench;
    const expected = await filled(bench);
    const folder = mkdtempSync(join(tmpdir(), 'sepsis-streams-profile-'));
    await drainOnce(bench, {
      records: options.records,
      workers: 1,
      expected,
      // By its files: the package has few.
      unpacked: true,
      flags: ['--cpu-prof', `--cpu-prof-dir=${folder}`],
      ...(options.against === undefined ? {} : { checkout: options.against }),
    });
    // One of each thread; the worker's is the largest.
    const size = (name: string): number => statSync(join(folder, name)).size;
    const [file = ''] = readdirSync(folder).sort((a, b) => size(b) - size(a));
    say(`the profile is kept in ${join(folder, file)}`);
    return (['file', 'function'] as const).flatMap((by) =>
      selfTimes(join(folder, file), by)
        .filter(({ part }) => part >= LEAST)
        .map(
          ({ where, part }): Figure => ({ name: `${by}: ${where}`, unit: '% of CPU', samples: [part * 100] }),
        ),
    );
  },
};
