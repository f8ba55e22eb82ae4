import { describe, expect, test } from 'vitest';
import { Routing, routingKey, routingTable } from '../../../connectors/pagerduty/routing.ts';

const [A, B, C] = ['a', 'b', 'c'].map((one) => one.repeat(32)) as [string, string, string];
const file = JSON.stringify({ default: A, '5 West': B, ICU: C, '5 West, bed 1': C });

describe('a location goes to', () => {
  const routing = new Routing(() => routingTable(file, 'the file'));
  test.each([
    ['5 West', '5 West'],
    ['5 west, Bed 12', '5 West'],
    ['5 West, bed 1', '5 West, bed 1'],
    ['5 West, bed 12', '5 West'],
    ['5 Westend', 'default'],
    ['ICU-3', 'ICU'],
    ['Surgical ICU', 'default'],
    ['', 'default'],
    [null, 'default'],
  ])('%j: %s', (location, alias) => {
    expect(routing.aliasOf(location)).toBe(alias);
  });
});

test('a key that changes is the new one at once; a file that breaks leaves the last one', () => {
  let text = file;
  const told: unknown[] = [];
  const routing = new Routing(
    () => routingTable(text, 'the file'),
    (error) => told.push(error),
  );
  expect(routing.keyOf('5 West')).toBe(B);
  text = JSON.stringify({ default: A, '5 West': C });
  expect([routing.keyOf('5 West'), routing.keyOf('ICU')]).toEqual([C, A]);
  text = '{';
  expect([routing.keyOf('5 West'), told.length]).toEqual([C, 1]);
});

test.each([
  ['no JSON', '{', 'holds no JSON'],
  ['no object', '["x"]', 'is no object'],
  ['no default', JSON.stringify({ ICU: A }), '"default"'],
  [
    'a key that is none',
    JSON.stringify({ default: A, ICU: 'secret-key' }),
    'of "ICU", is no integration key',
  ],
])('refuses %s, and repeats no key', (_what, text, says) => {
  expect(() => routingTable(text, 'PAGERDUTY_ROUTING_FILE')).toThrow(says);
  expect(() => routingTable(text, 'PAGERDUTY_ROUTING_FILE')).not.toThrow('secret-key');
});

test.each(['', 'short', `${'a'.repeat(31)}-`, 'a'.repeat(33)])('%j is no routing key', (text) => {
  expect(() => routingKey(text, 'PAGERDUTY_API_KEY')).toThrow('PAGERDUTY_API_KEY is no integration key');
});
