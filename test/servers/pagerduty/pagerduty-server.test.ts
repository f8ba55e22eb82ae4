import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, test } from 'vitest';
import { useServer } from '../use-server.ts';
import { faultsOf } from './event-rules.ts';
import { PagerDutyServer } from './pagerduty-server.ts';

const KEY = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
let now = 1_000_000;
const server = useServer(() => PagerDutyServer.start({ keys: [KEY, OTHER], now: () => now }));

const trigger = (dedup_key: string, routing_key = KEY): object => ({
  routing_key,
  event_action: 'trigger',
  dedup_key,
  payload: { summary: 's', source: 'x', severity: 'error' },
});
const resolve = (dedup_key: string, routing_key = KEY): object => ({
  routing_key,
  event_action: 'resolve',
  dedup_key,
});

function send(event: object | string): Promise<{ status: number; body: string }> {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  return new Promise((done, failed) => {
    const sent = request(
      `${server().url}/v2/enqueue`,
      { method: 'POST', ca: readFileSync(server().ca) },
      (answer) => {
        text(answer).then((said) => done({ status: answer.statusCode ?? 0, body: said }), failed);
      },
    );
    sent.on('error', failed);
    sent.end(body);
  });
}

beforeEach(() => {
  now += 120_000;
  server().faults = () => undefined;
});

test('of one key one incident is open at a time; after it is resolved a trigger opens another', async () => {
  const of = () =>
    server()
      .incidents.all.filter(({ key }) => key === 'k')
      .map(({ status, triggers }) => `${status} ${triggers}`);
  for (const event of [trigger('k'), trigger('k')]) await send(event);
  expect(of()).toEqual(['triggered 2']);
  await send(resolve('k'));
  await send(resolve('k'));
  await send(trigger('k'));
  expect(of()).toEqual(['resolved 2', 'triggered 1']);
  expect(server().incidents.dropped.map(({ dedup_key }) => dedup_key)).toEqual(['k']);
});

test('through another routing key nothing is resolved', async () => {
  await send(trigger('r'));
  expect((await send(resolve('r', OTHER))).status).toBe(202);
  expect(server().incidents.openOf(KEY, 'r')?.status).toBe('triggered');
});

test('120 calls in any minute are taken, per routing key; one that is refused is not', async () => {
  for (let i = 0; i < 120; i++) expect((await send(trigger(`t${i}`))).status).toBe(202);
  expect((await send(trigger('more'))).status).toBe(429);
  expect((await send(trigger('more', OTHER))).status).toBe(202);
  expect(server().incidents.openOf(KEY, 'more')).toBeUndefined();
  now += 60_000;
  expect((await send(trigger('more'))).status).toBe(202);
});

test('answers as PagerDuty does', async () => {
  expect(JSON.parse((await send(trigger('a'))).body)).toEqual({
    status: 'success',
    message: 'Event processed',
    dedup_key: 'a',
  });
  expect(await send(trigger('a', 'short'))).toEqual({
    status: 400,
    body: '{"status":"invalid event","message":"Event object is invalid","errors":["Length of \'routing_key\' is incorrect (should be 32 characters)"]}',
  });
  expect((await send(trigger('a', 'c'.repeat(32)))).body).toContain('Invalid routing key');
  expect((await send({ ...trigger('a'), x: 'x'.repeat(600_000) })).status).toBe(413);
});

test.each([
  ['not JSON', '{'],
  ['no object', '[]'],
  ['an unknown action', { ...trigger('k'), event_action: 'open' }],
  ['a long key', trigger('k'.repeat(256))],
  ['a resolve without a key', { routing_key: KEY, event_action: 'resolve' }],
  ['no payload', { routing_key: KEY, event_action: 'trigger', dedup_key: 'k' }],
  ...(
    [
      ['no summary', { summary: '' }],
      ['a long summary', { summary: 's'.repeat(1025) }],
      ['no source', { source: undefined }],
      ['an unknown severity', { severity: 'high' }],
      ['a date in place of a time', { timestamp: '2026-01-05' }],
      ['details that are a text', { custom_details: 'x' }],
      ['a component that is a number', { component: 3 }],
    ] as const
  ).map(([what, change]): [string, object] => [
    what,
    { ...trigger('k'), payload: { summary: 's', source: 'x', severity: 'error', ...change } },
  ]),
  ['links without an address', { ...trigger('k'), links: [{ text: 'x' }] }],
])('refuses %s', (_what, event) => {
  expect(faultsOf(typeof event === 'string' ? event : JSON.stringify(event))).toHaveLength(1);
});

test('faults: another answer, a reset before and after it is taken', async () => {
  server().faults = () => ({ kind: 'answer', status: 503, body: '<html>' });
  expect(await send(trigger('f'))).toEqual({ status: 503, body: '<html>' });
  server().faults = () => ({ kind: 'reset', taken: false });
  await expect(send(trigger('f'))).rejects.toThrow();
  expect(server().incidents.openOf(KEY, 'f')).toBeUndefined();
  server().faults = () => ({ kind: 'reset', taken: true });
  await expect(send(trigger('f'))).rejects.toThrow();
  expect(server().incidents.openOf(KEY, 'f')?.status).toBe('triggered');
});
