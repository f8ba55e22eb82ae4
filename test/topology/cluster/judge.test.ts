import { expect, test } from 'vitest';
import { link } from '../scenarios/checksum-topology.ts';
import type { Log, Logged } from '../scenarios/scenario.ts';
import { longestGap } from './fleet.ts';
import { faultsOf } from './judge.ts';

const SENT = { sent: 6, doubtful: new Set<number>() };
const number = (value: number): Logged => ({ key: `k${value % 2}`, value: String(value) });
const input: Log = [[0, 2, 4].map(number), [1, 3, 5].map(number)];

/** What the topology makes of a log. */
const chains = (log: Log): Logged[][] =>
  log.map((records) => {
    let chain = '';
    return records.map(({ key, value }, i) => ({ key, value: `${i + 1} ${(chain = link(chain, value))}` }));
  });
const output = chains(input);

test('a log that is whole has no faults', () => {
  expect(faultsOf(SENT, input, output)).toEqual([]);
});

test('a number that was acknowledged and is gone', () => {
  const lost: Log = [[0, 4].map(number), [1, 3, 5].map(number)];
  expect(faultsOf(SENT, lost, chains(lost))).toEqual(['number 2 was acknowledged and is not in the log']);
});

test('a number that is there twice, unless its send failed', () => {
  const doubled: Log = [[0, 2, 2, 4].map(number), [1, 3, 5].map(number)];
  expect(faultsOf(SENT, doubled, chains(doubled))).toEqual(['number 2 is in the log 2 times']);
  expect(faultsOf({ ...SENT, doubtful: new Set([2]) }, doubled, chains(doubled))).toEqual([]);
});

test.each<[string, (links: Logged[]) => Logged[]]>([
  ['dropped', (links) => links.toSpliced(1, 1)],
  ['doubled', (links) => links.toSpliced(1, 0, links[1] as Logged)],
  ['swapped', ([first, second, ...rest]) => [second as Logged, first as Logged, ...rest]],
  ['missing at the end', (links) => links.slice(0, -1)],
])('a link that is %s', (_what, torn) => {
  const [first = [], ...others] = output;
  expect(faultsOf(SENT, input, [torn([...first]), ...others])).toHaveLength(1);
});

test('the longest gap counts the ends', () => {
  expect(longestGap(0, [10, 30, 35], 40)).toBe(20);
  expect(longestGap(0, [30, 35], 100)).toBe(65);
  expect(longestGap(0, [], 7)).toBe(7);
});
