import { describe, expect, test } from 'vitest';
import { type ReplaySummary, renderReplaySummary } from '../../../app/console/replay-summary.ts';

const summary: ReplaySummary = {
  records: 104_029,
  used: 46_321,
  ignored: { code: 57_000, 'no-value': 89, 'implausible-value': 124 },
  deadLettered: { late: 12, 'unknown-unit': 483 },
  patients: 98,
  positivePatients: 83,
  episodes: 510,
  fires: 601,
  escalations: 91,
  suspectedInfections: 71,
  pagesPerPatientDay: 0.7613,
  seconds: 12.34,
  cpuSeconds: 10.12,
  recordsPerCpuSecond: 10_279.5,
};

describe('the summary of a replay', () => {
  test('in words, aligned', async () => {
    await expect(`${renderReplaySummary(summary).join('\n')}\n`).toMatchFileSnapshot(
      '../../golden/replay-summary.txt',
    );
  });

  test('every figure is in it', () => {
    const text = renderReplaySummary(summary).join('\n');
    const figures = '104,029 46,321 57,000 89 124 12 483 98 83 510 601 510 91 71 0.76 12.3 10.1 10,280'.split(
      ' ',
    );
    for (const figure of figures) expect(text).toContain(figure);
  });

  test('an input without anything says so without nonsense', () => {
    const nothing = Object.fromEntries(Object.keys(summary).map((key) => [key, 0]));
    const empty: ReplaySummary = { ...summary, ...nothing, ignored: {}, deadLettered: {} };
    const text = renderReplaySummary(empty).join('\n');
    expect(text).not.toMatch(/NaN|Infinity|undefined|%/);
    expect(text).toMatch(/Records +0 {2}read: 0 used/);
  });

  test('a share is never rounded up to all or down to nothing', () => {
    const text = (used: number): string => renderReplaySummary({ ...summary, used })[0] ?? '';
    expect(text(104_028)).toContain('over 99 %');
    expect(text(1)).toContain('under 1 %');
    expect(text(104_029)).toContain('100 %');
  });

  test('a long run is told in minutes', () => {
    expect(renderReplaySummary({ ...summary, seconds: 754 }).at(-1)).toContain('12 min 34 s');
  });
});
