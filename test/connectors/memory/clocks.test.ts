import { describe, expect, test } from 'vitest';
import { ManualClock, systemClock } from '../../../connectors/memory/clocks.ts';
import { milliseconds, seconds } from '../../../topology/model/time.ts';
import { clockConformance } from '../../conformance/clock.ts';

clockConformance('the system clock', () => ({ clock: systemClock, pass: () => {} }));
clockConformance('the manual clock', () => {
  const clock = new ManualClock(1_000);
  return { clock, pass: (time) => clock.moveTo(clock.now() + time) };
});

describe('the manual clock', () => {
  test('wakes those whose time has come, and no others', async () => {
    const clock = new ManualClock(1_000);
    const woken: string[] = [];
    void clock.sleep(seconds(1)).then(() => woken.push('one'));
    void clock.sleep(seconds(2)).then(() => woken.push('two'));
    clock.moveTo(2_000);
    await clock.sleep(milliseconds(0));
    expect(woken).toEqual(['one']);
    clock.moveTo(9_000);
    await clock.sleep(milliseconds(0));
    expect(woken).toEqual(['one', 'two']);
  });

  test('stands while nobody moves it, and is never moved back', () => {
    const clock = new ManualClock(1_000);
    expect(clock.now()).toBe(1_000);
    clock.moveTo(2_000);
    clock.moveTo(1_500);
    expect(clock.now()).toBe(2_000);
  });

  test('moved by one step past several sleeps it wakes them in the order of their times', async () => {
    const clock = new ManualClock(0);
    const woken: string[] = [];
    void clock.sleep(seconds(2)).then(() => woken.push('two'));
    void clock.sleep(seconds(1)).then(() => woken.push('one'));
    clock.moveTo(9_000);
    await clock.sleep(milliseconds(0));
    expect(woken).toEqual(['one', 'two']);
  });
});
