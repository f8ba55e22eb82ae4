import { expect, test } from 'vitest';
import { qsofa } from '../../operators/clinical/qsofa.ts';
import type { ScreeningRules } from '../../operators/screening-rules.ts';
import { hours, milliseconds, minutes, unlimited } from '../../topology/model/time.ts';
import { alertsDiffer, deadLettersDiffer } from './against.ts';
import { type Run, run } from './screening-run.ts';
import { needs } from './shared-files.ts';
import { pidOf, synthetic } from './synthetic.ts';

const STREAM = 'seed20260105';
const SIX_HOURS = hours(6);

/** Rules that are wrong by as little as can be, and so must not pass for right. */
test.for<readonly [what: string, alerts: boolean, deadLetters: boolean, Partial<ScreeningRules>]>([
  ['as it should be', false, false, {}],
  ['a window a minute too long', true, false, { window: milliseconds(SIX_HOURS + minutes(1)) }],
  ['a window a millisecond too long', true, false, { window: milliseconds(SIX_HOURS + 1) }],
  [
    'a window that does not count what lies exactly 6 h back',
    true,
    false,
    { window: milliseconds(SIX_HOURS - 1) },
  ],
  ['respiratory rate from 23', true, false, { rule: { ...qsofa, respiratoryRateAtLeast: 23 } }],
  ['systolic pressure to 99', true, false, { rule: { ...qsofa, systolicAtMost: 99 } }],
  ['GCS below 14', true, false, { rule: { ...qsofa, gcsBelow: 14 } }],
  ['positive from 3 points', true, false, { rule: { ...qsofa, positiveAt: 3 } }],
  ['the latest value where any counts', true, false, { rule: { ...qsofa, semantic: 'latest' } }],
  ['no base: a relative reference is another patient than the absolute one', true, false, { bases: {} }],
  ['identifiers that nobody can resolve', true, true, { identifiers: new Map() }],
  ['lateness of an hour', true, true, { lateness: hours(1) }],
  ['ten years into the future allowed', false, true, { futureClamp: hours(87_600) }],
  ['nothing may lie ahead of its arrival', true, true, { futureClamp: minutes(0) }],
])(
  'a stream screened with %s: alerts differ %s, dead letters differ %s',
  async ([_what, alerts, deadLetters, own], context) => {
    needs(context, 'oracle/synthetic', STREAM);
    const { records, rules, any, deadLetters: refused } = synthetic(STREAM);
    const done: Run = await run(records, {
      rules: rules({ lateness: unlimited, ...own }),
      restarts: 'none',
      round: 500,
    });
    expect([alertsDiffer(done, pidOf, any) !== '', deadLettersDiffer(done, refused) !== '']).toEqual([
      alerts,
      deadLetters,
    ]);
  },
);
