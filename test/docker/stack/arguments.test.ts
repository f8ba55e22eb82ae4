import { expect, test } from 'vitest';
import { readArguments } from '../../../docker/stack/arguments.ts';

test('without names those of the topology are meant, and with names those, in a fixed order', () => {
  expect(readArguments(['up']).servers).toEqual(['kafka', 'registry', 'redis']);
  expect(readArguments(['up', 'fhir', 'kafka', 'fhir']).servers).toEqual(['kafka', 'fhir']);
});

test('what is asked for is read', () => {
  expect(readArguments(['up', 'kafka', '--brokers', '3', '--data', 'd'])).toEqual({
    command: 'up',
    servers: ['kafka'],
    data: 'd',
    brokers: 3,
    secure: false,
  });
  expect(readArguments(['up', '--secure']).secure).toBe(true);
});

test.each([[[]], [['--help']], [['up', '-h']], [['help']]])('%j asks for help', (argv) => {
  expect(readArguments(argv).command).toBe('help');
});

test.each([
  [['fly'], /No command fly/],
  [['up', 'zookeeper'], /No server zookeeper; there are kafka, registry, redis, fhir/],
  [['up', '--brokers', '2'], /--brokers is 1 or 3, not 2/],
  [['up', '--brokers', '3', '--secure'], /--secure is for one broker/],
  [['up', '--port', '1'], /Unknown option '--port'/],
  [['up', '--data'], /--data/],
  [['up', '--data', ''], /--data names no folder/],
  [['down', 'kafka'], /down is for all/],
  [['status', '--secure'], /belong to up/],
])('%j is wrong usage', (argv, what) => {
  expect(() => readArguments(argv)).toThrow(what);
  expect(() => readArguments(argv)).toThrow(expect.objectContaining({ code: 'usage' }));
});
