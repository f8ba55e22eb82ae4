import { describe, expect, test } from 'vitest';
import { FetchSize } from '../../../connectors/kafka-client/fetch-size.ts';

const LIMIT = 8 << 20;

describe('how many bytes are asked for', () => {
  test('as long as nothing is known a megabyte, or the limit if that is less', () => {
    expect(new FetchSize().ask(4_000, LIMIT)).toBe(1 << 20);
    expect(new FetchSize().ask(4_000, 1_000)).toBe(1_000);
  });

  test('everything that fits, when nobody says how many records are wanted', () => {
    const size = new FetchSize();
    size.came(1_000, 10_000);
    expect(size.ask(undefined, LIMIT)).toBe(LIMIT);
  });

  test.for([
    [300, 4_000],
    [1_400, 1_000],
    [1_400, 4_000],
  ] as const)('records of %d bytes, packed: about the %d that are wanted, and not less', ([each, wanted]) => {
    const size = new FetchSize();
    for (let i = 0; i < 30; i++) {
      const came = Math.floor(size.ask(wanted, LIMIT) / each);
      size.came(came, came * each);
    }
    const came = size.ask(wanted, LIMIT) / each;
    expect(came).toBeGreaterThanOrEqual(wanted);
    expect(came).toBeLessThan(wanted * 1.3);
  });

  test('never less than one answer should hold, never more than the limit', () => {
    const small = new FetchSize();
    small.came(1_000_000, 10);
    expect(small.ask(10, LIMIT)).toBe(1 << 19);
    const large = new FetchSize();
    large.came(1, 1 << 20);
    expect(large.ask(4_000, LIMIT)).toBe(LIMIT);
  });

  test('what came without records says nothing: markers of transactions, or those of aborted ones', () => {
    const size = new FetchSize();
    size.came(1_000, 300_000);
    const before = size.ask(4_000, LIMIT);
    size.came(0, 5_000_000);
    expect(size.ask(4_000, LIMIT)).toBe(before);
  });
});
