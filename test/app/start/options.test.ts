import { describe, expect, test } from 'vitest';
import { startOptions } from '../../../app/start/options.ts';
import { isStreamsError } from '../../../topology/model/errors.ts';

const fault = (...args: string[]): string => {
  try {
    startOptions(args);
  } catch (error) {
    return isStreamsError(error) && error.code === 'usage' ? error.message : String(error);
  }
  return 'accepted';
};

describe('the options of start', () => {
  test('without any: 24 beds, without end', () => {
    expect(startOptions([])).toEqual({
      help: false,
      once: false,
      seed: 1,
      patients: 24,
      hours: Number.POSITIVE_INFINITY,
      speed: 900,
    });
  });

  test('--once is over in half a minute, however many hours it shows', () => {
    for (const hours of [1, 12, 168]) {
      const options = startOptions(['--once', '--hours', String(hours)]);
      expect(options.hours).toBe(hours);
      // The last late message arrives three hours after the last round.
      expect(((hours + 3) * 3_600) / options.speed).toBeLessThanOrEqual(30);
      // Never slower than the ward without end, whose first alerts come within seconds.
      expect(options.speed).toBeGreaterThanOrEqual(900);
    }
  });

  test('a speed that is given holds', () => {
    expect(startOptions(['--once', '--speed=60', '--seed', '7', '--patients', '3'])).toEqual({
      help: false,
      once: true,
      seed: 7,
      patients: 3,
      hours: 12,
      speed: 60,
    });
  });

  test.each([
    [['--wards', '2'], '--wards'],
    [['ward'], 'ward'],
    [['--seed'], '--seed'],
    [['--seed', 'x'], '--seed x'],
    [['--seed', '1.5'], '--seed 1.5'],
    [['--patients', '0'], '--patients 0'],
    [['--patients', '501'], 'from 1 to 500'],
    [['--speed', '0'], '--speed 0'],
    [['--once', '--hours', '169'], 'from 1 to 168'],
    [['--once=yes'], '--once'],
    [['--hours', '3'], '--once'],
  ])('%j is refused in one line that names the fault', (args, named) => {
    const message = fault(...args);
    expect(message).toContain(named);
    expect(message).toContain('See `--help`.');
    expect(message).not.toContain('\n');
  });
});
