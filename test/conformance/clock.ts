import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Duration } from '../../topology/model/time.ts';
import { days, hours, milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';

/** How a suite gets at a clock. */
export interface ClockUnderTest {
  readonly clock: Clock;
  /** Sees to it that the time passes, where it does not pass by itself. */
  readonly pass: (time: Duration) => void;
}

/** A timer of the machine may be early against its clock by the part of a millisecond that both leave out. */
const ROUNDING = 1;

/** Every law of the clock port. */
export function clockConformance(name: string, open: () => ClockUnderTest): void {
  describe(`${name} as a clock`, () => {
    test('a sleep ends after its time and not before', async () => {
      const { clock, pass } = open();
      const began = clock.now();
      const slept = clock.sleep(milliseconds(20));
      pass(milliseconds(20));
      await slept;
      expect(clock.now()).toBeGreaterThanOrEqual(began + 20 - ROUNDING);
    });

    test('sleeps end in the order of their times, whatever the order in which they began', async () => {
      const { clock, pass } = open();
      const woken: number[] = [];
      const slept = [60, 1, 30].map((time) => clock.sleep(milliseconds(time)).then(() => woken.push(time)));
      for (const time of [1, 29, 30]) {
        pass(milliseconds(time));
        await turn();
      }
      await Promise.all(slept);
      expect(woken).toEqual([1, 30, 60]);
    });

    test('the time does not go back over a sleep', async () => {
      const { clock, pass } = open();
      let last = clock.now();
      for (let i = 0; i < 5; i++) {
        const slept = clock.sleep(milliseconds(2));
        pass(milliseconds(2));
        await slept;
        expect(clock.now()).toBeGreaterThanOrEqual(last);
        last = clock.now();
      }
    });

    test('no time takes no time', async () => {
      const { clock } = open();
      await expect(clock.sleep(milliseconds(0))).resolves.toBeUndefined();
    });

    test('a sleep ends at once when the signal aborts, without an error', async () => {
      const { clock } = open();
      const control = new AbortController();
      const slept = clock.sleep(hours(1), control.signal);
      control.abort(new Error('not to be seen'));
      await expect(slept).resolves.toBeUndefined();
    });

    test('a sleep with a signal that is aborted already does not begin', async () => {
      const { clock } = open();
      await expect(clock.sleep(hours(1), AbortSignal.abort())).resolves.toBeUndefined();
    });

    test('an abort wakes those with its signal and nobody else', async () => {
      const { clock } = open();
      const [one, other] = [new AbortController(), new AbortController()];
      const woken: string[] = [];
      const slept = [one, other].map(({ signal }, i) =>
        clock.sleep(hours(1), signal).then(() => woken.push(`sleeper ${i}`)),
      );
      one.abort();
      await slept[0];
      await turn();
      expect(woken).toEqual(['sleeper 0']);
      other.abort();
      await Promise.all(slept);
    });

    test('a sleep leaves nothing behind on a signal that lives on', async () => {
      const { clock, pass } = open();
      const { signal } = new AbortController();
      const slept = clock.sleep(milliseconds(1), signal);
      pass(milliseconds(1));
      await slept;
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    });

    test.each([
      ['longer than a timer of the machine can be', days(45)],
      ['without end', milliseconds(Number.POSITIVE_INFINITY)],
    ])('a sleep may be %s', async (_, time) => {
      const { clock, pass } = open();
      const control = new AbortController();
      let woken = false;
      const slept = clock.sleep(time, control.signal).then(() => {
        woken = true;
      });
      const short = clock.sleep(milliseconds(20));
      pass(milliseconds(20));
      await short;
      await turn();
      expect(woken).toBe(false);
      control.abort();
      await slept;
    });
  });
}

/** Lets everything run that can run now. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
