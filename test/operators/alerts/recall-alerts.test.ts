import { describe, expect, test } from 'vitest';
import { gcs, HOUR, retraction, rr, sbp, T0 } from '../events.ts';
import { folded, Journal, story } from '../journal.ts';

/** Raised at one hour; as far as is known then it ends 6 h after its beginning. */
const raised = (): Journal => new Journal().addAll([rr('r0', T0, 30), sbp('s1', T0 + HOUR, 80)]);

const idsOf = (journal: Journal): string[] => [...new Set(journal.alerts.map(({ alertId }) => alertId))];

describe('a recalled alert', () => {
  test('goes on under its id and from its beginning when the episode does', () => {
    const before = raised();
    const after = before.recalled();
    after.addAll([rr('r3', T0 + 3 * HOUR, 30), sbp('s4', T0 + 4 * HOUR, 80), gcs('g5', T0 + 5 * HOUR, 9)]);
    expect(idsOf(after)).toEqual(idsOf(before));
    expect(story(after.alerts)).toEqual(['UPDATED EVIDENCE_CHANGED', 'ESCALATED SCORE_RISE']);
    const [episode] = folded(after.alerts);
    const [was] = folded(before.alerts);
    expect(episode).toMatchObject({ start: was?.start, end: T0 + 10 * HOUR + 1, peak: 3 });
    expect(episode?.history.map(({ t }) => t)).toEqual([
      T0 + HOUR,
      T0 + 4 * HOUR,
      T0 + 5 * HOUR,
      T0 + 9 * HOUR + 1,
    ]);
  });

  test('is not taken back because its evidence is no longer there', () => {
    const after = raised().recalled();
    expect(after.add(rr('n', T0 + 2 * HOUR, 16))).toEqual([]);
    expect(after.held?.held).toHaveLength(1);
  });

  test('waits for its end when another episode begins, and is told then', () => {
    const after = raised().recalled();
    after.addAll([rr('r20', T0 + 20 * HOUR, 30), sbp('s20', T0 + 20 * HOUR, 80)]);
    expect(story(after.alerts)).toEqual(['RAISED ONSET', 'RESOLVED WINDOW_EMPTIED']);
    expect(idsOf(after)).toHaveLength(2);
    expect(after.held?.held.map(({ alert }) => alert.status)).toEqual(['RAISED']);
  });

  test('is resolved by a tick when nothing comes any more', () => {
    const before = raised();
    const after = before.recalled();
    const end = folded(before.alerts)[0]?.end ?? 0;
    expect(after.tick(end - 1)).toEqual([]);
    expect(story(after.tick(end))).toEqual(['RESOLVED WINDOW_EMPTIED']);
    expect(idsOf(after)).toEqual(idsOf(before));
  });

  test('is the only one of its patient that comes back, when an earlier one was over', () => {
    const before = new Journal().addAll([
      rr('r0', T0, 30),
      sbp('s1', T0 + HOUR, 80),
      rr('r9', T0 + 9 * HOUR, 30),
      sbp('s9', T0 + 9 * HOUR, 80),
    ]);
    const open = before.recalled();
    expect(open.held?.held.map(({ alert }) => alert.start)).toEqual([T0 + 9 * HOUR]);
  });

  test('what is over, or was taken back, is not recalled', () => {
    const over = raised();
    over.tick(T0 + 7 * HOUR);
    expect(over.recalled().held).toBeUndefined();
    const takenBack = raised();
    takenBack.add(retraction('s1', T0 + 2 * HOUR));
    expect(story(takenBack.alerts).at(-1)).toBe('RETRACTED DATA_CORRECTED');
    expect(takenBack.recalled().held).toBeUndefined();
  });

  test('a correction of what is still known shortens it no further than what was said before', () => {
    const after = raised().recalled();
    after.addAll([rr('r3', T0 + 3 * HOUR, 30), sbp('s4', T0 + 4 * HOUR, 80)]);
    after.add(sbp('s4', T0 + 4 * HOUR, 120, { version: 2 }));
    expect(folded(after.alerts)[0]).toMatchObject({ start: T0 + HOUR, status: 'UPDATED' });
    expect(after.tick(T0 + 11 * HOUR).map(({ status }) => status)).toEqual(['RESOLVED']);
  });
});
