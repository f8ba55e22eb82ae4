import { describe, expect, test } from 'vitest';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { DAY, encounter, HOUR, lactate, rr, sbp, T0 } from './events.ts';
import { Journal } from './journal.ts';

const named = ({ alerts }: Journal): readonly (readonly [string, string | undefined])[] =>
  alerts.map(({ status, encounterDetail }: SepsisAlert) => [status, encounterDetail?.id?.split('/').at(-1)]);
const onset = (time: number) => [rr(`r${time}`, time, 30), sbp(`s${time}`, time, 80)];

describe('the encounter of an alert', () => {
  test('is the stay that lasts, however old, and not the examination that is over', () => {
    const journal = new Journal().addAll([
      encounter('stay', T0, null),
      rr('r0', T0, 16),
      encounter('mri', T0 + 98 * HOUR, T0 + 99 * HOUR),
      rr('r1', T0 + 116 * HOUR, 16),
      encounter('stay', T0, null, { version: 2 }),
      ...onset(T0 + 120 * HOUR),
    ]);
    expect(named(journal)).toEqual([['RAISED', 'stay']]);
  });

  test('remains when something else is learnt of the patient', () => {
    const journal = new Journal().addAll([
      encounter('stay', T0, null),
      encounter('mri', T0 + 94 * HOUR, T0 + 95 * HOUR),
      ...onset(T0 + 100 * HOUR),
      lactate('l', T0 + 101 * HOUR, 2.5),
    ]);
    expect(named(journal)).toEqual([
      ['RAISED', 'stay'],
      ['UPDATED', 'stay'],
    ]);
  });

  test('is none that was over before the episode began, until the next one is known', () => {
    const journal = new Journal().addAll([
      encounter('before', T0 - 30 * DAY, T0 - 28 * DAY),
      ...onset(T0),
      encounter('now', T0 - HOUR, null),
    ]);
    expect(named(journal)).toEqual([
      ['RAISED', undefined],
      ['UPDATED', 'now'],
    ]);
  });

  test('is still the one that it began in when vital signs come behind a discharge', () => {
    const journal = new Journal().addAll([
      encounter('stay', T0 - HOUR, T0 + HOUR),
      ...onset(T0),
      rr('r', T0 + 2 * HOUR, 31),
    ]);
    expect(named(journal)).toEqual([
      ['RAISED', 'stay'],
      ['UPDATED', 'stay'],
    ]);
  });

  test('of an episode that is over does not become the one of the next stay', () => {
    const journal = new Journal().addAll([
      encounter('first', T0 - HOUR, T0 + 8 * HOUR),
      ...onset(T0),
      rr('r1', T0 + 7 * HOUR, 16),
      encounter('second', T0 + 20 * HOUR, null),
      rr('r2', T0 + 21 * HOUR, 16),
    ]);
    expect(named(journal)).toEqual([
      ['RAISED', 'first'],
      ['RESOLVED', 'first'],
    ]);
  });
});
