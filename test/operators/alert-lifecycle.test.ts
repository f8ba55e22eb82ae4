import { describe, expect, test } from 'vitest';
import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import { gcs, HOUR, MINUTE, retraction, rr, sbp, T0 } from './events.ts';
import { episodesOf, folded, Journal, story } from './journal.ts';

interface Case {
  readonly rule: string;
  readonly given: readonly ClinicalEvent[];
  readonly when: ClinicalEvent;
  readonly told: readonly string[];
  /** Start and end in hours after T0 (the end without its millisecond) and peak of each episode left. */
  readonly left: readonly (readonly [start: number, end: number, peak: number])[];
}

const r0 = rr('r0', T0, 30);
const s1 = sbp('s1', T0 + HOUR, 80);
const open = [r0, s1];
/** Two episodes, at 1 h and at 20 h. */
const two = [...open, rr('r20', T0 + 20 * HOUR, 30), sbp('s20', T0 + 20 * HOUR, 80)];
/** What makes one episode of two that lie 6 h apart. */
const apart = [...open, rr('r9', T0 + 9 * HOUR, 30), sbp('s9', T0 + 9 * HOUR, 80)];
const bridge = [rr('r5', T0 + 5 * HOUR, 30), sbp('s5', T0 + 5 * HOUR, 80)] as const;

const CASES: readonly Case[] = [
  { rule: 'one criterion is no alert', given: [], when: r0, told: [], left: [] },
  {
    rule: 'the same criterion twice is no alert',
    given: [r0],
    when: rr('x', T0 + 1, 40),
    told: [],
    left: [],
  },
  { rule: 'two criteria raise', given: [r0], when: s1, told: ['RAISED ONSET'], left: [[1, 6, 2]] },
  {
    rule: 'three at once raise, once',
    given: [r0],
    when: sbp('x', T0, 80, { measurements: [...s1.measurements, ...gcs('g', T0, 9).measurements] }),
    told: ['RAISED ONSET'],
    left: [[0, 6, 3]],
  },
  {
    rule: 'the third criterion escalates',
    given: open,
    when: gcs('g', T0 + 2 * HOUR, 9),
    told: ['ESCALATED SCORE_RISE'],
    left: [[1, 7, 3]],
  },
  {
    rule: 'a fourth abnormal value is new evidence',
    given: [...open, gcs('g', T0 + 2 * HOUR, 9)],
    when: gcs('h', T0 + 3 * HOUR, 8),
    told: ['UPDATED EVIDENCE_CHANGED'],
    left: [[1, 7, 3]],
  },
  { rule: 'a repeated record says nothing', given: open, when: s1, told: [], left: [[1, 6, 2]] },
  {
    rule: 'time that passes without news says nothing',
    given: [...open, rr('n', T0 + 2 * HOUR, 16)],
    when: rr('m', T0 + 3 * HOUR, 16),
    told: [],
    left: [[1, 6, 2]],
  },
  {
    rule: 'the last millisecond of the window is still positive',
    given: [...open, rr('n', T0 + 2 * HOUR, 16)],
    when: rr('m', T0 + 6 * HOUR, 16),
    told: [],
    left: [[1, 6, 2]],
  },
  {
    rule: 'one more empties the window',
    given: open,
    when: rr('m', T0 + 6 * HOUR + 1, 16),
    told: ['RESOLVED WINDOW_EMPTIED'],
    left: [[1, 6, 2]],
  },
  {
    rule: 'a correction to normal retracts',
    given: open,
    when: rr('r0', T0, 16, { version: 2 }),
    told: ['RETRACTED DATA_CORRECTED'],
    left: [],
  },
  {
    rule: 'entered-in-error retracts',
    given: open,
    when: retraction('s1', T0 + HOUR),
    told: ['RETRACTED DATA_CORRECTED'],
    left: [],
  },
  {
    rule: 'a correction that leaves an episode updates it',
    given: open,
    when: rr('r0', T0, 25, { version: 2 }),
    told: ['UPDATED EVIDENCE_CHANGED'],
    left: [[1, 6, 2]],
  },
  {
    rule: 'evidence that goes lowers the peak',
    given: [...open, gcs('g', T0 + 2 * HOUR, 9)],
    when: retraction('g', T0 + 2 * HOUR),
    told: ['UPDATED DATA_CORRECTED'],
    left: [[1, 6, 2]],
  },
  {
    rule: 'late data moves the start',
    given: open,
    when: sbp('s', T0 + HOUR / 2, 90),
    told: ['UPDATED EVIDENCE_CHANGED'],
    left: [[0.5, 6, 2]],
  },
  {
    rule: 'late data makes an episode in the past: raised and resolved at once',
    given: [r0, rr('n', T0 + 20 * HOUR, 16)],
    when: s1,
    told: ['RAISED ONSET', 'RESOLVED WINDOW_EMPTIED'],
    left: [[1, 6, 2]],
  },
  {
    rule: 'late data raises the peak of a past episode: escalated and resolved at once',
    given: [...open, rr('n', T0 + 20 * HOUR, 16)],
    when: gcs('g', T0 + 2 * HOUR, 9),
    told: ['ESCALATED SCORE_RISE', 'RESOLVED EVIDENCE_CHANGED'],
    left: [[1, 7, 3]],
  },
  {
    rule: 'late data that reaches into the present opens a resolved alert again',
    given: [...open, rr('n', T0 + 7 * HOUR, 16)],
    when: rr('late', T0 + 2 * HOUR, 30),
    told: ['UPDATED EVIDENCE_CHANGED'],
    left: [[1, 7, 2]],
  },
  {
    rule: 'a second episode is a second alert',
    given: two.slice(0, 3),
    when: two[3] ?? r0,
    told: ['RAISED ONSET'],
    left: [
      [1, 6, 2],
      [20, 26, 2],
    ],
  },
  {
    rule: 'what bridges two episodes merges them',
    given: [...apart, bridge[0]],
    when: bridge[1],
    told: ['UPDATED EVIDENCE_CHANGED', 'RETRACTED MERGED'],
    left: [[1, 15, 2]],
  },
  {
    rule: 'what takes the bridge away splits them',
    given: [...apart, ...bridge],
    when: retraction('s5', T0 + 5 * HOUR),
    told: ['RESOLVED DATA_CORRECTED', 'RAISED ONSET'],
    left: [
      [1, 7, 2],
      [9, 15, 2],
    ],
  },
];

describe('the life of an alert', () => {
  test.each(CASES)('$rule', ({ given, when, told, left }) => {
    const journal = new Journal().addAll(given);
    expect(story(journal.add(when))).toEqual(told);
    expect(
      episodesOf(journal.alerts).map(({ start, end, peak }) => [
        (start - T0) / HOUR,
        (end - 1 - T0) / HOUR,
        peak,
      ]),
    ).toEqual(left);
  });

  test('of two alerts that merge the one opened first lives, and the other names it', () => {
    const journal = new Journal().addAll(apart.toReversed());
    const [earlier, later] = folded(journal.alerts);
    journal.addAll(bridge);
    const merged = journal.alerts.filter(({ reason }) => reason === 'MERGED');
    expect(merged).toMatchObject([
      { alertId: earlier?.alertId, survivorAlertId: later?.alertId, score: 0, criteria: [], missing: [] },
    ]);
    expect(folded(journal.alerts)).toMatchObject([{ alertId: later?.alertId, start: T0 + HOUR }]);
  });

  test('of a split the earlier part keeps the id', () => {
    const journal = new Journal().addAll([...apart, ...bridge]);
    const [whole] = folded(journal.alerts);
    journal.add(retraction('s5', T0 + 5 * HOUR));
    const [earlier, later, ...more] = folded(journal.alerts);
    expect(more).toEqual([]);
    expect(earlier?.alertId).toBe(whole?.alertId);
    expect(later?.alertId).not.toBe(whole?.alertId);
  });

  test('split and merge again and again leave the list of episodes', () => {
    const journal = new Journal().addAll([...apart, ...bridge]);
    for (let version = 2; version < 12; version += 2) {
      journal.add(retraction('s5', T0 + 5 * HOUR, { version }));
      expect(folded(journal.alerts)).toHaveLength(2);
      journal.add(sbp('s5', T0 + 5 * HOUR, 80, { version: version + 1 }));
      expect(folded(journal.alerts)).toHaveLength(1);
    }
  });

  test('minutes of normal values between are no records', () => {
    const journal = new Journal().addAll([...open, gcs('g', T0 + HOUR, 15)]);
    const before = journal.alerts.length;
    for (let i = 1; i < 300; i++) journal.add(rr(`n${i}`, T0 + HOUR + i * MINUTE, 16));
    // The one change: from the first normal rate on, the latest values say another score.
    expect(story(journal.alerts.slice(before))).toEqual(['UPDATED EVIDENCE_CHANGED']);
  });
});
