import { expect, test } from 'vitest';
import { sinkDeadLetter } from '../../../connectors/sink/dead-letter.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { headerText } from '../../../topology/model/record.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const record = { offset: 7, key: bytes('k'), value: bytes('v'), headers: { traceparent: bytes('00-1') } };

test('key, value and headers stay as they were, beside what Kafka Connect says', () => {
  const error = new StreamsError('avro-unreadable', 'The bytes of Jane Roe do not follow schema 3.');
  const failure = {
    connector: 'pagerduty',
    task: '2',
    stage: 'VALUE_CONVERTER',
    reason: 'avro-unreadable',
    error,
  } as const;
  const letter = sinkDeadLetter(record, { topic: 'alerts', partition: 2 }, failure, 99);
  expect([letter.key, letter.value, letter.timestamp]).toEqual([record.key, record.value, 99]);
  const headers = Object.keys(letter.headers ?? {}).map((name) => [name, headerText(letter.headers, name)]);
  expect(Object.fromEntries(headers)).toEqual({
    traceparent: '00-1',
    '__connect.errors.topic': 'alerts',
    '__connect.errors.partition': '2',
    '__connect.errors.offset': '7',
    '__connect.errors.connector.name': 'pagerduty',
    '__connect.errors.task.id': '2',
    '__connect.errors.stage': 'VALUE_CONVERTER',
    '__connect.errors.exception.class.name': 'StreamsError avro-unreadable',
    '__connect.errors.exception.message': 'avro-unreadable',
    '__connect.errors.reason': 'avro-unreadable',
  });
});

test('no text of an error comes along: it may hold a patient', () => {
  const failure = {
    connector: 'x',
    task: '0',
    stage: 'TASK_PUT',
    reason: 'step-failed',
    error: new TypeError('Jane Roe'),
  } as const;
  const { headers = {} } = sinkDeadLetter(record, { topic: 't', partition: 0 }, failure, 0);
  expect(
    Object.keys(headers)
      .map((name) => headerText(headers, name))
      .join(),
  ).not.toContain('Jane');
  expect(headerText(headers, '__connect.errors.exception.class.name')).toBe('TypeError');
});
