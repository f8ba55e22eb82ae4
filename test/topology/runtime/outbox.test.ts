import { describe, expect, test } from 'vitest';
import { text } from '../../../topology/model/codec.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import { Outbox } from '../../../topology/runtime/outbox.ts';

const record = (value: string): OutgoingRecord => ({ key: null, value: text.encode(value), timestamp: 0 });

const drained = (outbox: Outbox): Record<string, string[]> =>
  Object.fromEntries(
    outbox
      .drain()
      .map(([topic, records]) => [topic, records.map(({ value }) => text.decode(value ?? Buffer.alloc(0)))]),
  );

describe('outbox', () => {
  test('a rollback takes back what was added since the mark, in every topic, and nothing else', () => {
    const outbox = new Outbox();
    outbox.mark();
    outbox.add('x', record('1'));
    outbox.add('y', record('2'));
    outbox.mark();
    outbox.add('y', record('3'));
    outbox.add('x', record('4'));
    outbox.add('y', record('5'));
    outbox.add('z', record('6'));
    outbox.rollback();
    outbox.add('x', record('7'));
    expect(drained(outbox)).toEqual({ x: ['1', '7'], y: ['2'] });
  });

  test('a second rollback takes back nothing more', () => {
    const outbox = new Outbox();
    outbox.add('x', record('1'));
    outbox.mark();
    outbox.add('x', record('2'));
    outbox.rollback();
    outbox.rollback();
    expect(drained(outbox)).toEqual({ x: ['1'] });
  });

  test('a rollback after a drain does not reach what was handed over', () => {
    const outbox = new Outbox();
    outbox.mark();
    outbox.add('x', record('1'));
    const handedOver = outbox.drain();
    outbox.rollback();
    expect(handedOver[0]?.[1]).toHaveLength(1);
    expect(drained(outbox)).toEqual({});
  });
});
