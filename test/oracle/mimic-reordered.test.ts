import { expect, test } from 'vitest';
import { type Duration, hours, unlimited } from '../../topology/model/time.ts';
import { alertsDiffer } from './against.ts';
import { all } from './comparison.ts';
import { mimic, mimicRules } from './mimic.ts';
import { infectionsDiffer, infectionsHeld, mimicResults } from './mimic-results.ts';
import { inOrder, type Order } from './orders.ts';
import { expectRestarted } from './restarted.ts';
import type { Restarts } from './restarts.ts';
import { run } from './screening-run.ts';
import { needs } from './shared-files.ts';

const LATENESS: Readonly<Record<string, Duration>> = { '24 h': hours(24), unlimited };

// In event-time order no round covers more than half a day: context is kept for four days behind the vital signs, and
// two topics fed at once are read side by side.
test.for<readonly [Order, lateness: string, Restarts, round: number, span: Duration]>([
  ['event-time', '24 h', 'none', 1_000, hours(12)],
  ['event-time', '24 h', 'with snapshots', 1_000, hours(12)],
  ['reversed', 'unlimited', 'with snapshots', 5_000, unlimited],
  ['shuffled', 'unlimited', 'with snapshots', 5_000, unlimited],
])(
  'MIMIC-III demo, %s, lateness %s, restarts: %s: the episodes, fires and suspected infections of the oracle',
  async ([order, lateness, restarts, round, span], context) => {
    needs(context, 'data/mimic-iii-demo');
    needs(context, 'oracle/mimic-iii-demo');
    const { records, pidOf } = mimic();
    const want = mimicResults();
    const done = await run(inOrder(records, order, 7), {
      rules: mimicRules({ lateness: LATENESS[lateness] ?? unlimited }),
      restarts,
      round,
      span,
    });
    expect(all(alertsDiffer(done, pidOf, want.any), infectionsDiffer(done, pidOf, want))).toBe('');
    expect(done.deadLetters).toEqual([]);
    expect(infectionsHeld(done, pidOf)).toHaveLength(71);
    expectRestarted(done, restarts);
  },
);
