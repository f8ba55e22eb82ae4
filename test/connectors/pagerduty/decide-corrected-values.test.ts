import { describe, expect, test } from 'vitest';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { alertOf, criterion, HOUR, MINUTE, NOON, retracted, updated } from './alerts.ts';
import { Paging } from './paging.ts';

const [GCS, RR] = [criterion('GCS', null, false), criterion('RR', 24, true)];

interface Measured {
  readonly value: number;
  readonly time: number;
  readonly id?: string;
}

/** How an alert shows the pressures, of which the first decides, as of a time. */
function pressures(asOf: number, ...of: readonly Measured[]): Partial<SepsisAlert> {
  const shown = criterion(
    'SBP',
    of[0]?.value ?? null,
    of.some(({ value }) => value <= 100),
  );
  const at = ({ time, id = `o${time}` }: Measured) => ({ observationId: `Observation/${id}`, time });
  const [origin] = criterion('SBP', 84, true).evidence;
  const low = of.filter(({ value }) => value <= 100).toSorted((a, b) => a.time - b.time);
  const evidence = low.map((one) => ({ ...origin!, ...at(one), value: one.value }));
  const deciding = { ...shown, ...(of[0] && at(of[0])), evidence };
  const window = { windowStart: asOf - 6 * HOUR, windowEnd: asOf, eventTime: asOf, end: NOON + 20 * HOUR };
  return { ...window, criteria: [GCS, RR, deciding] };
}

const lactate = (value: number, time: number, id = `l${time}`): Partial<SepsisAlert> => ({
  lactate: { value, time, observationId: `Observation/${id}` },
});

const ONE = NOON + HOUR;
const LATER = ONE + 5 * MINUTE;
const FOUR = NOON + 4 * HOUR;
const MILD = { value: 96, time: NOON };
const LOW = { value: 84, time: ONE };

/** Of whom a low pressure was paged at one. */
function low(own: Partial<SepsisAlert> = {}): Paging {
  const paging = new Paging();
  paging.at(NOON, alertOf({ ...pressures(NOON, MILD), ...own }));
  const shown = own.semantic === 'LATEST' ? pressures(ONE, LOW) : pressures(ONE, LOW, MILD);
  expect(paging.at(ONE, updated({ ...shown, ...own }))).toEqual(['trigger a1:sbp hypotension']);
  return paging;
}

/** Of whom a high lactate of one was paged. */
function high(): Paging {
  const paging = new Paging();
  paging.at(NOON, alertOf(pressures(NOON, MILD)));
  expect(paging.at(ONE, updated({ ...pressures(NOON, MILD), ...lactate(9, ONE) }))).toEqual([
    'trigger a1:lactate lactate',
  ]);
  return paging;
}

describe('a pressure that was paged for', () => {
  test.each([
    ['mistyped and is corrected', pressures(LATER, { ...LOW, value: 96 }, MILD)],
    ['corrected to one that meets nothing', pressures(LATER, MILD, { ...LOW, value: 110 })],
    ['withdrawn', pressures(LATER, MILD)],
    ['withdrawn, and was the newest value', pressures(NOON, MILD)],
    ['the only one, and is withdrawn', pressures(LATER)],
    ['of another day', pressures(LATER, MILD, { ...LOW, value: 96, time: ONE - 24 * HOUR })],
  ])('and was %s is taken back alone, and a real one pages', (_what, own) => {
    const paging = low();
    expect(paging.at(LATER, updated(own))).toEqual(['resolve a1:sbp data-corrected']);
    expect(paging.live).toEqual(['a1']);
    expect(paging.at(LATER, updated(own))).toEqual([]);
    expect(paging.at(FOUR, updated(pressures(FOUR, { value: 84, time: FOUR }, MILD)))).toEqual([
      'trigger a1:sbp.2 hypotension',
    ]);
  });

  test.each([
    ['has left the window', pressures(ONE + 6 * HOUR + 1, { value: 96, time: FOUR })],
    ['is corrected to one as low', pressures(LATER, { ...LOW, value: 89 }, MILD)],
    ['is followed by a better one', pressures(LATER, LOW, { value: 96, time: LATER }, MILD)],
    ['is followed by a worse one', pressures(LATER, { value: 80, time: LATER }, LOW, MILD)],
    ['is corrected when another is low', pressures(FOUR, { value: 88, time: FOUR }, MILD)],
  ])('and %s stays', (_what, own) => {
    const paging = low();
    expect(paging.at(FOUR, updated(own))).toEqual([]);
    expect(paging.live).toEqual(['a1', 'a1:sbp']);
  });

  test('rests on another low one when it is corrected, and goes with that', () => {
    const paging = low();
    const other = { value: 80, time: LATER };
    expect(paging.at(LATER, updated(pressures(LATER, other, { ...LOW, value: 96 }, MILD)))).toEqual([]);
    const none = pressures(FOUR, { ...LOW, value: 96 }, { ...other, value: 98 }, MILD);
    expect(paging.at(FOUR, updated(none))).toEqual(['resolve a1:sbp data-corrected']);
  });

  test('with the onset leaves that page open when it is corrected, and a real one pages', () => {
    const paging = new Paging();
    expect(paging.at(ONE, alertOf(pressures(ONE, LOW)))).toEqual(['trigger a1 onset']);
    expect(paging.at(LATER, updated(pressures(LATER, { ...LOW, value: 96 })))).toEqual([]);
    expect(paging.at(FOUR, updated(pressures(FOUR, { value: 84, time: FOUR }, MILD)))).toEqual([
      'trigger a1:sbp hypotension',
    ]);
  });

  test('by the latest values is corrected when no later one stands in its place', () => {
    const own = { semantic: 'LATEST' } as const;
    const after = updated({ ...pressures(LATER, { value: 96, time: LATER }), ...own });
    expect(low(own).at(LATER, after)).toEqual([]);
    const before = updated({ ...pressures(LATER, MILD), ...own });
    expect(low(own).at(LATER, before)).toEqual(['resolve a1:sbp data-corrected']);
  });

  test('and that another episode took over is taken back there', () => {
    const paging = low();
    const B1 = 'b1'.repeat(32);
    paging.at(ONE, alertOf({ alertId: B1, ...pressures(ONE, LOW, MILD) }));
    const merged = retracted({ reason: 'MERGED', survivorAlertId: B1 });
    expect(paging.at(ONE, merged)).toEqual(['nothing a1 merged']);
    const own = { alertId: B1, ...pressures(LATER, { ...LOW, value: 96 }, MILD) };
    expect(paging.at(LATER, updated(own))).toEqual(['resolve a1:sbp data-corrected']);
  });

  test('before anybody kept which value it was, stays', () => {
    const paging = low();
    const kept = JSON.stringify(paging.state, (name, value: unknown) =>
      name === 'grounds' ? undefined : value,
    );
    paging.state = JSON.parse(kept) as NonNullable<Paging['state']>;
    expect(paging.at(LATER, updated(pressures(LATER, { ...LOW, value: 96 }, MILD)))).toEqual([]);
    expect(paging.live).toEqual(['a1', 'a1:sbp']);
  });
});

describe('a lactate that was paged for', () => {
  const base = pressures(NOON, MILD);

  test.each([
    ['mistyped and is corrected', lactate(0.9, ONE)],
    ['corrected in value and time', lactate(0.9, ONE + MINUTE, `l${ONE}`)],
    ['withdrawn, and was the only one', { lactate: null }],
    ['withdrawn, and there is one of before', lactate(2, NOON)],
    ['withdrawn for another of the same time', lactate(0.9, ONE, 'other')],
  ])('and was %s is taken back alone, and a real one pages', (_what, own) => {
    const paging = high();
    expect(paging.at(LATER, updated({ ...base, ...own }))).toEqual(['resolve a1:lactate data-corrected']);
    expect(paging.live).toEqual(['a1']);
    expect(paging.at(FOUR, updated({ ...base, ...lactate(9, FOUR) }))).toEqual([
      'trigger a1:lactate.2 lactate',
    ]);
  });

  test.each([
    ['is followed by a better one', lactate(1, FOUR)],
    ['is followed by a worse one', lactate(11, FOUR)],
    ['is corrected to one as high', lactate(4, ONE)],
    ['is long past', { ...pressures(ONE + 6 * HOUR + 1, MILD), lactate: null }],
  ])('and %s stays', (_what, own) => {
    const paging = high();
    expect(paging.at(FOUR, updated({ ...base, ...own }))).toEqual([]);
    expect(paging.live).toEqual(['a1', 'a1:lactate']);
  });
});
