import { describe, expect, test } from 'vitest';
import { qsofa } from '../../../operators/clinical/qsofa.ts';
import { hours } from '../../../topology/model/time.ts';
import { HOUR, T0 } from '../events.ts';
import { coded, type Json, measured, observation, quantity, read, valued } from '../fhir.ts';

const at = (ms: number): string => new Date(ms).toISOString();
const RATE = 'RESPIRATORY_RATE';
const PRESSURE = 'SYSTOLIC_BP';
const systolic = (value: Json): Json => ({ code: coded('8480-6'), ...value });
const diastolic: Json = { code: coded('8462-4'), valueQuantity: quantity(60, 'mm[Hg]') };
const panel = (...component: readonly Json[]): Json => valued('85354-9', { component });

describe('time', () => {
  const timed = (elements: Json) => read(observation({ effectiveDateTime: undefined, ...elements }));
  test.each<[string, Json, number]>([
    ['effectiveDateTime with a zone', { effectiveDateTime: '2026-01-05T05:30:00+05:30' }, T0],
    ['effectiveInstant', { effectiveInstant: '2026-01-05T00:00:00.000Z' }, T0],
    ['the end of effectivePeriod', { effectivePeriod: { start: at(T0 - HOUR), end: at(T0) } }, T0],
    ['else its start', { effectivePeriod: { start: at(T0) } }, T0],
    ['the first event of effectiveTiming', { effectiveTiming: { event: [at(T0), at(T0 + HOUR)] } }, T0],
    ['else issued', { issued: at(T0) }, T0],
  ])('%s', async (_what, elements, time) => {
    expect((await timed(elements)).event?.time).toBe(time);
  });

  test.each<[string, Json, string]>([
    ['no time at all', {}, 'missing-time'],
    ['a timing without an event', { effectiveTiming: {} }, 'missing-time'],
    ['a date', { effectiveDateTime: '2026-01-05' }, 'imprecise-time'],
    ['a month', { effectiveDateTime: '2026-01' }, 'imprecise-time'],
    ['no zone', { effectiveDateTime: '2026-01-05T00:00:00' }, 'imprecise-time'],
    ['no day that is', { effectiveDateTime: '2026-02-30T00:00:00Z' }, 'imprecise-time'],
  ])('%s is a dead letter', async (_what, elements, reason) => {
    expect((await timed(elements)).dead).toBe(reason);
  });
});

describe('ahead of its arrival', () => {
  const arrived = (ahead: number, more: Json = {}) =>
    read(observation({ effectiveDateTime: at(T0 + ahead), ...more }), {}, { timestamp: T0 });
  test('two hours are let through, a millisecond more is a dead letter', async () => {
    expect((await arrived(2 * HOUR)).event?.time).toBe(T0 + 2 * HOUR);
    expect((await arrived(2 * HOUR + 1)).dead).toBe('future-time');
  });

  test('the bound is a setting', async () => {
    expect(
      (
        await read(
          observation({ effectiveDateTime: at(T0 + 1) }),
          { futureClamp: hours(0) },
          { timestamp: T0 },
        )
      ).dead,
    ).toBe('future-time');
  });

  test('an issued that lies ahead of the broker by more than the bound is of a wrong clock, and tells nothing', async () => {
    const ahead = (by: number, timestamp: number) =>
      read(observation({ effectiveDateTime: at(T0 + by), issued: at(T0 + by) }), {}, { timestamp });
    expect((await ahead(2 * HOUR + 1, T0)).dead).toBe('future-time');
    expect((await ahead(2 * HOUR, T0)).event?.arrival).toBe(T0 + 2 * HOUR);
    // A timestamp of zero is none: there is nothing to hold it against.
    expect((await ahead(50 * HOUR, 0)).event?.arrival).toBe(T0 + 50 * HOUR);
  });

  test('the arrival is the header, else issued, else the timestamp of the record', async () => {
    const headers = { 'sepsis-arrival': new TextEncoder().encode(String(T0 + 9 * HOUR)) };
    const resource = observation({ effectiveDateTime: at(T0 + 9 * HOUR), issued: at(T0) });
    expect((await read(resource, {}, { headers, timestamp: 0 })).event?.arrival).toBe(T0 + 9 * HOUR);
    expect((await read(resource, {}, { timestamp: T0 + 9 * HOUR })).dead).toBe('future-time');
    expect((await arrived(3 * HOUR)).dead).toBe('future-time');
  });

  test('a header that is no number is not believed', async () => {
    const headers = { 'sepsis-arrival': new TextEncoder().encode('soon') };
    expect((await read(observation(), {}, { headers, timestamp: T0 + 1 })).event?.arrival).toBe(T0 + 1);
  });

  test('where nothing tells the arrival, nothing is in the future', async () => {
    const { event } = await read(
      observation({ effectiveDateTime: at(T0 + 900 * HOUR) }),
      { trustTimestamp: false },
      { timestamp: T0 },
    );
    expect(event).toMatchObject({ time: T0 + 900 * HOUR, arrival: null });
  });

  test('only vital signs are held to it', async () => {
    const { event } = await read(
      valued('2524-7', { valueQuantity: quantity(3, 'mmol/L') }, { effectiveDateTime: at(T0 + 900 * HOUR) }),
    );
    expect(event?.kind).toBe('LACTATE');
  });
});

describe('respiratory rate and systolic pressure', () => {
  test('stand-alone values', async () => {
    expect(await measured(observation())).toEqual([[RATE, 24]]);
    for (const code of ['8480-6', '76534-7', '76215-3', '8459-0', '8461-6', '8460-8']) {
      expect(await measured(valued(code, { valueQuantity: quantity(92, 'mm[Hg]') }))).toEqual([
        [PRESSURE, 92],
      ]);
    }
  });

  test('the systolic component of a panel, in whatever order', async () => {
    const component = systolic({ valueQuantity: quantity(92, 'mm[Hg]') });
    expect(await measured(panel(component, diastolic))).toEqual([[PRESSURE, 92]]);
    expect(await measured(panel(diastolic, component))).toEqual([[PRESSURE, 92]]);
    expect(await measured({ ...panel(component), code: coded('55284-4') })).toEqual([[PRESSURE, 92]]);
  });

  test.each<[string, Json, string]>([
    [
      'a panel whose systolic is absent',
      panel(systolic({ dataAbsentReason: coded('unknown') }), diastolic),
      'no-value',
    ],
    ['a panel without a systolic', panel(diastolic), 'no-value'],
    ['a panel of members', valued('85354-9', { hasMember: [{ reference: 'Observation/1' }] }), 'has-member'],
    [
      'a panel with a value of its own',
      valued('85354-9', { valueQuantity: quantity(92, 'mm[Hg]') }),
      'no-value',
    ],
    ['an absent value', valued('9279-1', { dataAbsentReason: coded('unknown') }), 'no-value'],
    ['a quantity without a value', valued('9279-1', { valueQuantity: { unit: '/min' } }), 'no-value'],
    ['an integer', valued('9279-1', { valueInteger: 24 }), 'value-type'],
    ['a text', valued('9279-1', { valueString: '24' }), 'value-type'],
    ['a range', valued('9279-1', { valueRange: { low: quantity(20), high: quantity(30) } }), 'value-type'],
    ['a ratio', valued('9279-1', { valueRatio: {} }), 'value-type'],
    [
      'sampled data',
      valued('9279-1', { valueSampledData: { origin: quantity(0), period: 1, dimensions: 1, data: '1' } }),
      'value-type',
    ],
    ['RR < 40', valued('9279-1', { valueQuantity: quantity(40, '/min', { comparator: '<' }) }), 'comparator'],
    ['RR 0', valued('9279-1', { valueQuantity: quantity(0, '/min') }), 'implausible'],
    ['SBP 11647', valued('8480-6', { valueQuantity: quantity(11_647, 'mm[Hg]') }), 'implausible'],
  ])('%s is ignored, and its version takes the place of an earlier one', async (_what, resource, reason) => {
    const { ignored, event, dead } = await read(resource);
    expect([ignored, dead]).toEqual([reason, undefined]);
    expect(event).toMatchObject({ kind: 'VITAL_SIGNS', resourceId: 'obs-1', time: T0, measurements: [] });
  });

  test('a comparator that decides is a value: RR > 40, SBP < 60', async () => {
    const [[, rate] = []] = await measured(
      valued('9279-1', { valueQuantity: quantity(40, '/min', { comparator: '>' }) }),
    );
    const [[, pressure] = []] = await measured(
      valued('8480-6', { valueQuantity: quantity(60, 'mm[Hg]', { comparator: '<' }) }),
    );
    expect(rate).toBeCloseTo(40, 9);
    expect(pressure).toBeCloseTo(60, 9);
  });

  test('a comparator is judged in the canonical unit: > 3 kPa decides nothing, < 8 kPa does', async () => {
    expect(
      (await read(valued('8480-6', { valueQuantity: quantity(3, 'kPa', { comparator: '>' }) }))).ignored,
    ).toBe('comparator');
    expect(
      await measured(valued('8480-6', { valueQuantity: quantity(8, 'kPa', { comparator: '<' }) })),
    ).toHaveLength(1);
  });

  test('a unit that is assumed is marked', async () => {
    expect(
      (await read(valued('9279-1', { valueQuantity: quantity(24) }))).event?.measurements[0]?.unitAssumed,
    ).toBe(true);
    expect((await read(observation())).event?.measurements[0]?.unitAssumed).toBe(false);
  });

  test('one component that cannot be read makes the whole a dead letter', async () => {
    expect((await read(panel(systolic({ valueQuantity: quantity('92', 'mm[Hg]') }), diastolic))).dead).toBe(
      'bad-value',
    );
    expect((await read(panel(systolic({ valueQuantity: quantity(92, '/min') })))).dead).toBe('unknown-unit');
    expect((await read(panel(systolic({ valueQuantity: quantity(92, '/min') })))).detail).toContain(
      'component[0]',
    );
  });

  test('the rule of the site decides a comparator', async () => {
    const resource = valued('9279-1', { valueQuantity: quantity(20, '/min', { comparator: '>' }) });
    expect((await read(resource)).ignored).toBe('comparator');
    expect(await measured(resource, { rule: { ...qsofa, respiratoryRateAtLeast: 20 } })).toHaveLength(1);
  });
});
