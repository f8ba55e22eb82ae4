import { describe, expect, test } from 'vitest';
import { qsofa, type TriggerSemantic } from '../../operators/clinical/qsofa.ts';
import { type Duration, hours, unlimited } from '../../topology/model/time.ts';
import { alertsDiffer, deadLettersDiffer, heldDiffers } from './against.ts';
import { all } from './comparison.ts';
import { inOrder, type Order } from './orders.ts';
import { expectRestarted } from './restarted.ts';
import { RESTARTS, type Restarts } from './restarts.ts';
import { run } from './screening-run.ts';
import { needs } from './shared-files.ts';
import { pidOf, STREAMS, synthetic } from './synthetic.ts';

const FEEDS: readonly (readonly [order: Order, lateness: string, seed: number])[] = [
  ['as-is', '24 h', 0],
  ['as-is', 'unlimited', 0],
  ['event-time', '24 h', 0],
  ['event-time', 'unlimited', 0],
  ['reversed', 'unlimited', 0],
  ['shuffled', 'unlimited', 1],
  ['shuffled', 'unlimited', 2],
];

const LATENESS: Readonly<Record<string, Duration>> = { '24 h': hours(24), unlimited };
const ROUND: Readonly<Record<string, number>> = { 'seed7-small': 20, seed20260105: 250 };

// A rebuild from the whole log at every crash takes long; that it ends right does not depend on the semantic.
const CASES = (['any', 'latest'] as const).flatMap((semantic) =>
  FEEDS.flatMap(([order, lateness, seed]) =>
    RESTARTS.filter((restarts) => semantic === 'any' || restarts !== 'from the log').map(
      (restarts) => [semantic, order, lateness, seed, restarts] as const,
    ),
  ),
);

describe.for(STREAMS)('recorded stream %s', (name) => {
  test.for<readonly [TriggerSemantic, Order, string, number, Restarts]>(CASES)(
    '%s, %s, lateness %s, seed %s, restarts: %s: everything is as the oracle says',
    async ([semantic, order, lateness, seed, restarts], context) => {
      needs(context, 'oracle/synthetic', name);
      const { records, facts, deadLetters, rules, ...results } = synthetic(name);
      const rule = { ...qsofa, semantic };
      const kept = lateness === 'unlimited';
      const done = await run(inOrder(records, order, seed), {
        rules: rules({ rule, lateness: LATENESS[lateness] ?? unlimited }),
        restarts,
        round: ROUND[name] ?? 100,
        crashes: restarts === 'from the log' ? 4 : 8,
      });
      const { states } = results[semantic];
      expect(
        all(
          alertsDiffer(done, pidOf, results[semantic]),
          deadLettersDiffer(done, deadLetters),
          kept ? heldDiffers(done, pidOf, rule, { facts, states }) : '',
        ),
      ).toBe('');
      expectRestarted(done, restarts);
    },
  );

  test('kept facts change nothing: 24 h of lateness with all facts kept holds the truth and raises the same', async (context) => {
    needs(context, 'oracle/synthetic', name);
    const { records, facts, deadLetters, rules, any } = synthetic(name);
    const done = await run(records, {
      rules: rules({ retain: 'all' }),
      restarts: 'with snapshots',
      round: ROUND[name] ?? 100,
    });
    const { states } = any;
    expect(
      all(
        alertsDiffer(done, pidOf, any),
        deadLettersDiffer(done, deadLetters),
        heldDiffers(done, pidOf, qsofa, { facts, states }),
      ),
    ).toBe('');
  });

  test.for([
    [1, 1],
    [2, 5],
    [4, 3],
    [3, 8],
  ])('%i instances and %i partitions give the same', async ([instances, partitions], context) => {
    needs(context, 'oracle/synthetic', name);
    const { records, deadLetters, rules, any } = synthetic(name);
    const done = await run(inOrder(records, 'shuffled', 3), {
      rules: rules({ lateness: unlimited }),
      restarts: 'none',
      round: ROUND[name] ?? 100,
      instances: instances ?? 1,
      partitions: partitions ?? 1,
    });
    expect(all(alertsDiffer(done, pidOf, any), deadLettersDiffer(done, deadLetters))).toBe('');
  });
});
