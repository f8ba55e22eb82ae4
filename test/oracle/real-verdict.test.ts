import { describe, expect, test } from 'vitest';
import type { KafkaRecord } from '../../topology/model/record.ts';
import { lineOf, type Seen, upTo } from './real-reader.ts';
import { deadLettersDiffer, readersDiffer } from './real-verdict.ts';

const bytes = (text: string): Buffer => Buffer.from(text);
const seen = (...partitions: readonly string[][]): Seen =>
  new Map(partitions.map((values, i) => [i, values.map((value, n) => lineOf(n, bytes('k'), bytes(value)))]));

describe('two readers', () => {
  const all = seen(['a', 'b', 'c'], ['d']);

  test('that saw the same do not differ', () => {
    expect(readersDiffer(all, seen(['a', 'b', 'c'], ['d']))).toBe('');
  });

  const others: readonly [string, Seen][] = [
    ['a record less at the end', seen(['a', 'b'], ['d'])],
    ['a record less in a partition of its own', seen(['a', 'b', 'c'], [])],
    ['a partition less', seen(['a', 'b', 'c'])],
    ['a record twice', seen(['a', 'b', 'c', 'c'], ['d'])],
    ['two records swapped', seen(['a', 'c', 'b'], ['d'])],
    ['another partition', seen(['a', 'b', 'c', 'd'], [])],
    ['a record that nobody committed', seen(['decoy', 'b', 'c'], ['d'])],
  ];
  test.for(others)('differ by %s, on either side', ([, other]) => {
    expect(readersDiffer(other, all)).toMatch(/^partition \d/);
    expect(readersDiffer(all, other)).toMatch(/^partition \d/);
  });

  test('a key of no bytes is not a key that is missing', () => {
    expect(lineOf(0, bytes(''), null)).not.toBe(lineOf(0, null, null));
  });

  test('what stands at the end or behind it is not looked at', () => {
    expect(readersDiffer(upTo(seen(['a', 'b', 'end', 'x']), new Map([[0, 2]])), seen(['a', 'b']))).toBe('');
  });
});

describe('dead letters', () => {
  const letter = (offset: number, key: string | null, value: string): KafkaRecord => ({
    offset: 100 + offset,
    timestamp: 0,
    key: key === null ? null : bytes(key),
    value: bytes(value),
    headers: {
      '__streams.errors.topic': bytes('vitals'),
      '__streams.errors.partition': bytes('2'),
      '__streams.errors.offset': bytes(String(offset)),
    },
  });
  const wanted = [7, 9].map((offset) => ({
    place: `vitals/2/${offset}`,
    key: bytes('k'),
    value: bytes(`v${offset}`),
  }));
  const right = [letter(9, 'k', 'v9'), letter(7, 'k', 'v7')];

  test('of the right records with their bytes do not differ', () => {
    expect(deadLettersDiffer(right, wanted)).toBe('');
  });

  const wrong: readonly [string, KafkaRecord[]][] = [
    ['one is missing', right.slice(1)],
    ['one is there twice', [...right, letter(7, 'k', 'v7')]],
    ['one is of another record', [letter(9, 'k', 'v9'), letter(8, 'k', 'v7')]],
    ['one has another value', [letter(9, 'k', 'v9'), letter(7, 'k', 'v7 ')]],
    ['one has lost its key', [letter(9, 'k', 'v9'), letter(7, null, 'v7')]],
    ['the bytes of two are swapped', [letter(9, 'k', 'v7'), letter(7, 'k', 'v9')]],
    ['one does not say where it stood', [letter(9, 'k', 'v9'), { ...letter(7, 'k', 'v7'), headers: {} }]],
  ];
  test.for(wrong)('differ when %s', ([, got]) => {
    expect(deadLettersDiffer(got, wanted)).toMatch(/^dead letters: /);
  });
});
