import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { qsofa } from '../../operators/clinical/qsofa.ts';
import { openBlock } from '../../operators/patient-window/block.ts';
import { factsOf } from '../../operators/patient-window/explain.ts';
import { FROZEN, sectionOf } from '../../operators/patient-window/tail.ts';
import { hours, unlimited } from '../../topology/model/time.ts';
import { streamWithin } from './arbitraries.ts';
import { bruteForce, factsOfEvents } from './brute-force.ts';
import { HOUR } from './events.ts';
import { episodesOf, Journal } from './journal.ts';

const WINDOW = 6 * HOUR;

/** Everything of a patient's state that an answer can depend on. */
function decodedState(journal: Journal): unknown {
  if (journal.window === undefined) return undefined;
  const block = openBlock(journal.window);
  return {
    facts: factsOf(journal.window, journal.rules.rule),
    newest: block.highWater,
    first: block.first,
    frozen: [...sectionOf(block, FROZEN)],
    attention: block.attention,
  };
}

describe('the answer does not depend on the order of arrival', () => {
  test('any permutation of a stream folds to the same state and the same episodes', () => {
    fc.assert(
      fc.property(
        streamWithin(30, 24).chain((events) =>
          fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
        ),
        ([one, other]) => {
          const a = new Journal({ lateness: unlimited }).addAll(one);
          const b = new Journal({ lateness: unlimited }).addAll(other);
          expect(decodedState(b)).toEqual(decodedState(a));
          expect(episodesOf(b.alerts)).toEqual(episodesOf(a.alerts));
        },
      ),
      { numRuns: 250 },
    );
  });

  test.each(['any', 'latest'] as const)(
    'after every record the fold of the alerts is the list of episodes of the facts so far (%s)',
    (semantic) => {
      fc.assert(
        fc.property(streamWithin(24, 16), (events) => {
          const journal = new Journal({ lateness: unlimited, rule: { ...qsofa, semantic } });
          for (const [i, event] of events.entries()) {
            journal.add(event);
            const expected = bruteForce(factsOfEvents(events.slice(0, i + 1)), WINDOW, semantic);
            expect(episodesOf(journal.alerts)).toEqual(expected);
          }
        }),
        { numRuns: 150 },
      );
    },
  );

  test.each([1, 2, 3])('whatever the score from which a patient is positive (%i)', (positiveAt) => {
    fc.assert(
      fc.property(streamWithin(24, 12), (events) => {
        const journal = new Journal({ lateness: unlimited, rule: { ...qsofa, positiveAt } }).addAll(events);
        const expected = bruteForce(factsOfEvents(events), WINDOW, 'any', positiveAt);
        expect(episodesOf(journal.alerts)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('whatever the length of the window', () => {
    fc.assert(
      fc.property(streamWithin(24, 12), fc.integer({ min: 0, max: 12 }), (events, length) => {
        const journal = new Journal({ lateness: unlimited, window: hours(length) }).addAll(events);
        expect(episodesOf(journal.alerts)).toEqual(bruteForce(factsOfEvents(events), length * HOUR, 'any'));
      }),
      { numRuns: 60 },
    );
  });
});
