import { expect, test } from 'vitest';
import { again, untilDecided } from '../../../connectors/ehr/until-decided.ts';
import { ManualClock } from '../../../connectors/memory/clocks.ts';
import { hours } from '../../../topology/model/time.ts';
import { NEVER } from './ehr-rig.ts';

const WAIT = hours(1);

/** What is tried again until it is refused, and when that was, of a server that is away for so long before it says what it misses. */
async function refusedAfter(away: number): Promise<{ readonly tries: number; readonly waited: number }> {
  const clock = new ManualClock(0);
  let tries = 0;
  const attempt = (): Promise<ReturnType<typeof again>> => {
    tries += 1;
    if (tries === 1) clock.moveTo(away);
    // Woken when it sleeps, and not before.
    setImmediate(() => clock.moveTo(clock.now() + WAIT / 4));
    return Promise.resolve(again('missing'));
  };
  const awaited = { codes: new Set(['missing']), longest: WAIT };
  const decided = await untilDecided(attempt, { clock, chance: () => 0 }, awaited, NEVER);
  expect(decided).toEqual({ kind: 'refused', reason: 'missing' });
  return { tries, waited: clock.now() - away };
}

test('what the server misses is waited for since it said so', async () => {
  expect(await refusedAfter(0)).toEqual({ tries: 5, waited: WAIT });
});

test('a server that was away for longer than the wait is waited for as long', async () => {
  expect(await refusedAfter(3 * WAIT)).toEqual({ tries: 5, waited: WAIT });
});
