import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Look } from '../../../app/console/look.ts';
import { renderWard } from '../../../app/console/render-ward.ts';
import type { PatientView, WardView } from '../../../app/console/ward-view.ts';
import { widthOf } from '../../../app/console/width.ts';
import { criterion, NOW, patient, sampleView } from './sample-view.ts';

const PLAIN: Look = { colour: false, unicode: true };
const SIZE = { columns: 80, rows: 24 };
// oxlint-disable-next-line no-control-regex -- these are what the test is about
const SGR = /\u001b\[[\d;]*m/g;

const render = (view: WardView, columns = 80, rows = 24, look = PLAIN): string[] =>
  renderWard(view, { columns, rows }, look);

describe('the view of the ward', () => {
  test('80 columns, 24 rows, without colour', async () => {
    const golden = `${render(sampleView).join('\n')}\n`;
    await expect(golden).toMatchFileSnapshot('../../golden/view-80x24.txt');
  });

  test('wide, in ASCII', async () => {
    const golden = `${render(sampleView, 120, 24, { colour: false, unicode: false }).join('\n')}\n`;
    await expect(golden).toMatchFileSnapshot('../../golden/view-120x24-ascii.txt');
    expect(golden).toMatch(/^[\n -~]*$/);
  });

  test('the highest score comes first, then one criterion, then the rest; a newer episode before an older one', () => {
    const text = render(sampleView).join('\n');
    const order = ['ward-07 3/3', 'ward-21 2/3', 'ward-03 1/3', 'ward-06 1/3', '0 of 3: ward-01'];
    const places = order.map((mark) => text.indexOf(mark));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test('colour changes no character', () => {
    const coloured = render(sampleView, 80, 24, { colour: true, unicode: true });
    expect(coloured.some((line) => line.includes('\u001b['))).toBe(true);
    expect(coloured.map((line) => line.replace(SGR, '').trimEnd())).toEqual(
      render(sampleView).map((line) => line.trimEnd()),
    );
  });

  test('an empty ward says that it waits', () => {
    expect(render({ ...sampleView, patients: [], pages: [] }).join('\n')).toContain(
      'Waiting for the first records.',
    );
  });

  test('on a screen too small for all, everybody who meets two criteria is still named or counted', () => {
    const many = Array.from({ length: 9 }, (_, n) =>
      patient(`bed-${n}`, 2, { met: [criterion('RR', 25, 3), criterion('SBP', 90, 3)] }),
    );
    const text = render({ ...sampleView, patients: many }, 80, 12).join('\n');
    const named = new Set(text.match(/bed-\d/g)).size;
    const more = Number(/\+(\d+) more/.exec(text)?.[1] ?? 0);
    expect(named + more).toBe(9);
    expect(named).toBeGreaterThan(3);
  });

  test('a page says bed, score and alert, and nothing that was measured', () => {
    const pages = render(sampleView).filter((line) => line.includes('page:'));
    expect(pages).toEqual([
      '14:55 page: bed ward-10 withdrawn: data corrected (alert 9c4d00aa)',
      '13:37 page: bed ward-21 meets 2 of 3 qSOFA criteria (alert b0771e50)',
      '12:55 page: bed ward-07 now meets 3 of 3 qSOFA criteria (alert 3f9a2c1b)',
    ]);
  });

  test('it never claims to diagnose', () => {
    expect(render(sampleView, 200, 60).join('\n')).not.toMatch(/diagnos|has sepsis/i);
  });

  test('a name that tries to steer the terminal is shown without its controls', () => {
    const evil = patient('\u001b[2J\u0007bed\r\n\u202e9', 1);
    const lines = render({ ...sampleView, patients: [evil] });
    // oxlint-disable-next-line no-control-regex -- these are what the test is about
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });
});

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constant('病床の名前👩‍⚕️'.repeat(5)),
);
const anyTime = fc.integer({ min: NOW - 30 * 3_600_000, max: NOW + 9 * 3_600_000 });
const anyCriterion = fc
  .record({
    name: fc.constantFrom('RR' as const, 'SBP' as const, 'GCS' as const),
    value: fc.double({ noNaN: true }),
    age: fc.integer({ min: -5, max: 1e9 }),
    words: anyText,
    mark: fc.boolean(),
  })
  .map(({ name, value, age, words, mark }) =>
    criterion(name, value, age, {
      preliminary: mark,
      unitAssumed: mark,
      ...(mark ? { value: null, words } : {}),
    }),
  );
const anyAlert = fc.record({
  id: anyText,
  peak: fc.nat(3),
  since: anyTime,
  end: anyTime,
  suspectedInfection: fc.boolean(),
  lactate: fc.option(fc.record({ value: fc.double({ min: 0, max: 30, noNaN: true }), ageMs: fc.nat() })),
});
const anyPatient: fc.Arbitrary<PatientView> = fc.record({
  bed: anyText,
  score: fc.nat(3),
  met: fc.array(anyCriterion, { maxLength: 3 }),
  missing: fc.subarray(['RR', 'SBP', 'GCS']),
  alert: fc.option(anyAlert),
  steps: fc
    .array(fc.record({ t: anyTime, score: fc.nat(3) }))
    .map((steps) => steps.toSorted((a, b) => a.t - b.t)),
  episodes: fc.array(fc.record({ start: anyTime, end: anyTime }), { maxLength: 3 }),
});
const anyView: fc.Arbitrary<WardView> = fc.record({
  now: fc.constant(NOW),
  speed: fc.integer({ min: 1, max: 1e6 }),
  counts: fc.record({
    records: fc.nat(),
    used: fc.nat(),
    ignored: fc.nat(),
    deadLettered: fc.dictionary(anyText, fc.nat()),
    alerts: fc.nat(),
  }),
  patients: fc.array(anyPatient, { maxLength: 30 }),
  pages: fc.array(
    fc.record({
      t: anyTime,
      bed: anyText,
      status: fc.constantFrom('raised', 'escalated', 'updated', 'resolved', 'retracted'),
      score: fc.nat(3),
      alertId: anyText,
    }),
  ),
});

test('whatever is shown, no line is wider than the terminal and no frame is higher', () => {
  fc.assert(
    fc.property(
      anyView,
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 60 }),
      fc.boolean(),
      fc.boolean(),
      (view, columns, rows, colour, unicode) => {
        const lines = renderWard(view, { columns, rows }, { colour, unicode });
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) {
          const visible = line.replace(SGR, '');
          expect(widthOf(visible)).toBeLessThanOrEqual(columns);
          if (!unicode) expect(visible).toMatch(/^[ -~]*$/);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('the frame fills the screen, so that nothing of the last one shines through', () => {
  expect(renderWard(sampleView, SIZE, PLAIN)).toHaveLength(24);
});
