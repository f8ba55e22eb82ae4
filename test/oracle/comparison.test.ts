import { describe, expect, test } from 'vitest';
import {
  all,
  deadLetterDifference,
  difference,
  episodeDifference,
  factDifference,
  fireDifference,
  stateDifference,
} from './comparison.ts';
import { infectionDifference } from './mimic-results.ts';

const episode = (pid: string, start: string) => ({
  pid,
  start,
  end: '2026-01-05T20:00:00.001Z',
  peak: 2,
  onset_met: ['GCS', 'RR'],
});
const fire = (pid: string, t: string) => ({ pid, t, score: 2, why: 'onset', met: ['RR', 'SBP'] });
const state = (pid: string, t: string) => ({ pid, t, score: 2, met: ['RR', 'SBP'] });
const fact = (pid: string, t: string) => ({ pid, kind: 'RR', t, value: 22.002, id: `o-${t}` });
const infection = (pid: string, onset: string) => ({ pid, onset, other: '2026-01-06' });

const T: readonly string[] = [
  '2026-01-05T10:00:00.000Z',
  '2026-01-05T11:00:00.000Z',
  '2026-01-05T12:00:00.000Z',
];

interface Verifier<R> {
  readonly compare: (got: readonly R[], want: readonly R[]) => string;
  readonly right: readonly R[];
  /** Each is a result with one thing wrong. */
  readonly wrong: readonly R[];
}

function three<R>(make: (pid: string, t: string) => R): R[] {
  return T.map((t, i) => make(`p${i % 2}`, t));
}

/** Every verifier must see a result that is missing, one too many, one of somebody else, and one that is wrong. */
function shows<R>(name: string, { compare, right, wrong }: Verifier<R>, swapped: readonly R[]): void {
  describe(name, () => {
    test('equal lists are equal, in whatever order', () => {
      expect(compare(right, right)).toBe('');
      expect(compare(right.toReversed(), right)).toBe('');
      expect(compare([], [])).toBe('');
    });

    test('each result that is dropped is missing', () => {
      for (const [i, one] of right.entries()) {
        const text = compare(right.toSpliced(i, 1), right);
        expect(text).toContain(`1 missing (-), 0 too much (+)\n  - ${lineIn(compare, one)}`);
      }
    });

    test('each result that is doubled is too much', () => {
      for (const one of right)
        expect(compare([...right, one], right)).toContain('0 missing (-), 1 too much (+)');
    });

    test('results that are swapped between patients are seen', () => {
      expect(compare(swapped, right)).toContain('2 missing (-), 2 too much (+)');
    });

    test('each thing that can be wrong in a result is seen', () => {
      for (const one of wrong) {
        const text = compare([one, ...right.slice(1)], right);
        expect(text).toContain('1 missing (-), 1 too much (+)');
      }
    });

    test('nothing at all is not equal', () => {
      expect(compare([], right)).not.toBe('');
      expect(compare(right, [])).not.toBe('');
    });
  });
}

/** How a verifier writes a result. */
const lineIn = <R>(compare: Verifier<R>['compare'], one: R): string =>
  compare([], [one]).split('\n')[1]?.slice('  - '.length) ?? '';

const swap = <R extends { readonly pid: string }>(right: readonly R[]): R[] =>
  right.map((one, i) => (i < 2 ? { ...one, pid: right[1 - i]?.pid ?? '' } : one));

const e = three(episode);
shows(
  'episodes',
  {
    compare: episodeDifference,
    right: e,
    wrong: [
      { pid: 'p9' },
      { start: '2026-01-05T10:00:00.001Z' },
      { end: '2026-01-05T20:00:00.000Z' },
      { peak: 3 },
      { onset_met: ['GCS', 'SBP'] },
    ].map((own) => ({ ...episode('p0', T[0] ?? ''), ...own })),
  },
  swap(e),
);

const f = three(fire);
shows(
  'fires',
  {
    compare: fireDifference,
    right: f,
    wrong: [
      { pid: 'p9' },
      { t: '2026-01-05T10:00:00.001Z' },
      { score: 3 },
      { why: 'escalation' },
      { met: ['RR'] },
    ].map((own) => ({ ...fire('p0', T[0] ?? ''), ...own })),
  },
  swap(f),
);

const s = three(state);
shows(
  'states',
  {
    compare: stateDifference,
    right: s,
    wrong: [{ pid: 'p9' }, { t: '2026-01-05T10:00:00.001Z' }, { score: 3 }, { met: ['GCS', 'SBP'] }].map(
      (own) => ({
        ...state('p0', T[0] ?? ''),
        ...own,
      }),
    ),
  },
  swap(s),
);

const a = three(fact);
shows(
  'facts',
  {
    compare: factDifference,
    right: a,
    wrong: [
      { pid: 'p9' },
      { kind: 'SBP' },
      { t: '2026-01-05T10:00:00.001Z' },
      { value: 22.003 },
      { id: 'o-9' },
    ].map((own) => ({ ...fact('p0', T[0] ?? ''), ...own })),
  },
  swap(a),
);

const n = three(infection);
shows(
  'suspected infections',
  {
    compare: infectionDifference,
    right: n,
    wrong: [{ pid: 'p9' }, { onset: '2026-01-04' }, { other: '2026-01-07' }].map((own) => ({
      ...infection('p0', T[0] ?? ''),
      ...own,
    })),
  },
  swap(n),
);

shows('dead letters', { compare: deadLetterDifference, right: [3, 8, 21], wrong: [4, -1] }, [4, 8, 22]);

test('facts are equal to the third decimal', () => {
  expect(factDifference([{ ...fact('p0', 't'), value: 22.002000000000002 }], [fact('p0', 't')])).toBe('');
});

test('a difference shows the first five lines of each side and counts the rest', () => {
  const text = difference('numbers', [1, 2], [3, 4, 5, 6, 7, 8, 9], String);
  expect(text.split('\n')).toEqual([
    'numbers: 2 instead of 7; 7 missing (-), 2 too much (+)',
    '  - 3',
    '  - 4',
    '  - 5',
    '  - 6',
    '  - 7',
    '  - and 2 more',
    '  + 1',
    '  + 2',
  ]);
});

test('several differences make one text, and none makes none', () => {
  expect(all('', 'a', '', 'b')).toBe('a\nb');
  expect(all('', '')).toBe('');
});
