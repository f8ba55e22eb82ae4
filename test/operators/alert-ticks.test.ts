import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unlimited } from '../../topology/model/time.ts';
import { streamWithin } from './arbitraries.ts';
import { gcs, HOUR, retraction, rr, sbp, T0 } from './events.ts';
import { episodesOf, folded, Journal, story } from './journal.ts';

const open = [rr('r', T0, 30), sbp('s', T0 + HOUR, 80)];
const END = T0 + 6 * HOUR + 1;

describe('time that passes without a record', () => {
  test('a tick resolves what ended, at the first millisecond after it and not before', () => {
    const journal = new Journal().addAll(open);
    expect(journal.tick(END - 1)).toEqual([]);
    expect(journal.tick(END)).toMatchObject([
      {
        status: 'RESOLVED',
        reason: 'WINDOW_EMPTIED',
        end: END,
        trigger: null,
        arrivalTime: null,
        processingTime: END,
      },
    ]);
  });

  test('it resolves once', () => {
    const journal = new Journal().addAll(open);
    journal.tick(END);
    expect(journal.tick(END + HOUR)).toEqual([]);
  });

  test('a patient without an open alert waits for no tick', () => {
    expect(new Journal().addAll(open.slice(0, 1)).tick(END)).toEqual([]);
    expect(new Journal().tick(END)).toEqual([]);
  });

  test('a tick changes neither evidence nor history', () => {
    const journal = new Journal().addAll(open);
    const [before] = folded(journal.alerts);
    const [after] = journal.tick(END);
    expect(after).toEqual({
      ...before,
      status: 'RESOLVED',
      reason: 'WINDOW_EMPTIED',
      trigger: null,
      arrivalTime: null,
      processingTime: END,
    });
  });

  test("a tick neither moves the patient's time nor lets facts go: what comes after it is not late", () => {
    const journal = new Journal().addAll(open);
    journal.tick(T0 + 1_000 * HOUR);
    journal.add(gcs('g', T0 + 2 * HOUR, 9));
    expect(journal.verdicts).toEqual([]);
    expect(folded(journal.alerts)).toMatchObject([{ peak: 3, status: 'RESOLVED' }]);
  });

  test('a fact from before the tick that changes nothing of the episode is no record: no flapping', () => {
    const journal = new Journal().addAll([...open, rr('n', T0 + 2 * HOUR, 16)]);
    journal.tick(END);
    expect(journal.add(rr('m', T0 + 3 * HOUR, 16))).toEqual([]);
    expect(journal.tick(END + HOUR)).toEqual([]);
  });

  test('a fact from before the tick that only lengthens the past leaves the alert resolved', () => {
    const journal = new Journal().addAll(open);
    journal.tick(END + 10 * HOUR);
    expect(story(journal.add(rr('late', T0 + 2 * HOUR, 30)))).toEqual(['RESOLVED EVIDENCE_CHANGED']);
    expect(journal.tick(END + 20 * HOUR)).toEqual([]);
  });

  test('a fact that carries the episode beyond the tick opens it again, and the next tick resolves it again', () => {
    const journal = new Journal().addAll(open);
    journal.tick(END);
    expect(story(journal.add(rr('on', T0 + 4 * HOUR, 30)))).toEqual(['UPDATED EVIDENCE_CHANGED']);
    expect(story(journal.tick(T0 + 7 * HOUR + 1))).toEqual(['RESOLVED WINDOW_EMPTIED']);
  });

  test('a resolved alert whose evidence is withdrawn is retracted', () => {
    const journal = new Journal().addAll(open);
    journal.tick(END);
    expect(story(journal.add(retraction('r', T0)))).toEqual(['RETRACTED DATA_CORRECTED']);
  });

  test('ticks anywhere in a stream resolve and do nothing else', () => {
    const ticks = fc.array(
      fc.nat({ max: 60 }).map((hour) => T0 + hour * HOUR),
      { minLength: 20, maxLength: 20 },
    );
    fc.assert(
      fc.property(streamWithin(30, 20), ticks, (events, at) => {
        const ticked = new Journal({ lateness: unlimited });
        for (const [i, event] of events.entries()) {
          ticked.add(event);
          const time = at[i % at.length] ?? T0;
          for (const alert of ticked.tick(time)) {
            expect(alert.status).toBe('RESOLVED');
            expect(alert.end).toBeLessThanOrEqual(time);
          }
          expect(ticked.tick(time)).toEqual([]);
        }
        const plain = new Journal({ lateness: unlimited }).addAll(events);
        expect(episodesOf(ticked.alerts)).toEqual(episodesOf(plain.alerts));
        ticked.tick(T0 + 1_000 * HOUR);
        expect(folded(ticked.alerts).every(({ status }) => status === 'RESOLVED')).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
