import { describe, expect, test } from 'vitest';
import { ManualClock, systemClock } from '../../../connectors/memory/clocks.ts';
import { hours, milliseconds, seconds } from '../../../topology/model/time.ts';
import type { Clock } from '../../../topology/ports/clock.ts';

describe('manual clock', () => {
  test('wakes those whose time has come, and no others', async () => {
    const clock = new ManualClock(1_000);
    const woken: string[] = [];
    void clock.sleep(seconds(1)).then(() => woken.push('one'));
    void clock.sleep(seconds(2)).then(() => woken.push('two'));
    clock.moveTo(2_000);
    await clock.sleep(milliseconds(0));
    expect(woken).toEqual(['one']);
    expect(clock.now()).toBe(2_000);
    clock.moveTo(1_500);
    expect(clock.now()).toBe(2_000);
    clock.moveTo(9_000);
    await clock.sleep(milliseconds(0));
    expect(woken).toEqual(['one', 'two']);
  });
});

describe.each<[string, Clock]>([
  ['manual clock', new ManualClock(0)],
  ['system clock', systemClock],
])('%s', (_, clock) => {
  test('a sleep ends at once when the signal aborts', async () => {
    const control = new AbortController();
    const slept = clock.sleep(hours(1), control.signal);
    control.abort();
    await expect(slept).resolves.toBeUndefined();
  });

  test('a sleep with a signal that is aborted already does not begin', async () => {
    await expect(clock.sleep(hours(1), AbortSignal.abort())).resolves.toBeUndefined();
  });

  test('no time takes no time', async () => {
    await expect(clock.sleep(milliseconds(0))).resolves.toBeUndefined();
  });
});
