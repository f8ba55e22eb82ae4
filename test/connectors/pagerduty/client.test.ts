import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PagerDutyClient } from '../../../connectors/pagerduty/client.ts';
import type { PostLimits } from '../../../connectors/pagerduty/post.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { PagerDutyServer } from '../../servers/pagerduty/pagerduty-server.ts';
import { useServer } from '../../servers/use-server.ts';

const KEY = 'k'.repeat(32);
const EVENT = JSON.stringify({
  routing_key: KEY,
  event_action: 'trigger',
  dedup_key: 'd',
  payload: { summary: 's', source: 'x', severity: 'error' },
});
const never = new AbortController().signal;
const server = useServer(() => PagerDutyServer.start({ keys: [KEY] }));
const other = useServer(() => PagerDutyServer.start({ keys: [KEY], hosts: ['DNS:other.example'] }));

const clients: PagerDutyClient[] = [];
const ca = (of: PagerDutyServer = server()): string => readFileSync(of.ca, 'utf8');
function client(
  url: string = server().url,
  limits: Partial<PostLimits> = {},
  trusted: string = ca(),
): PagerDutyClient {
  const made = new PagerDutyClient({ url, clock: systemClock, limits, ca: trusted });
  clients.push(made);
  return made;
}

beforeEach(() => {
  server().faults = () => undefined;
});

afterEach(() => {
  for (const one of clients.splice(0)) one.close();
});

test('an event is accepted, over one connection however many there are', async () => {
  const one = client();
  const before = server().connections;
  for (let i = 0; i < 5; i++) expect(await one.send(EVENT, never)).toEqual({ kind: 'accepted' });
  expect(server().connections - before).toBe(1);
});

const answer = (status: number, body = '', headers: Record<string, string> = {}) =>
  ({ kind: 'answer', status, body, headers }) as const;
const unavailable = (why: string, retryAfter?: number) => ({ kind: 'unavailable', why, retryAfter });

describe('what is answered', () => {
  test.each([
    ['500', answer(500), unavailable('500')],
    ['503 with a time to wait', answer(503, '', { 'retry-after': '120' }), unavailable('503', 120_000)],
    ['408', answer(408), unavailable('408')],
    ['429', answer(429), { kind: 'throttled', retryAfter: undefined }],
    [
      '429 with a time to wait',
      answer(429, '', { 'retry-after': '30' }),
      { kind: 'throttled', retryAfter: 30_000 },
    ],
    [
      '429 with nonsense',
      answer(429, '', { 'retry-after': 'soon' }),
      { kind: 'throttled', retryAfter: undefined },
    ],
    ['400', answer(400, '{"errors":["x"]}'), { kind: 'refused', status: 400 }],
    [
      '400 of a routing key',
      answer(400, '{"errors":["Invalid routing key"]}'),
      { kind: 'key-refused', status: 400 },
    ],
    [
      '400 of the form of a routing key',
      answer(400, `{"errors":["Length of 'routing_key' is incorrect"]}`),
      { kind: 'key-refused', status: 400 },
    ],
    ['413', answer(413), { kind: 'refused', status: 413 }],
    ['403', answer(403, '<html>'), { kind: 'key-refused', status: 403 }],
    ['404', answer(404), { kind: 'key-refused', status: 404 }],
    ['a redirect', answer(302, '', { location: 'https://127.0.0.1:1/' }), unavailable('302')],
    ['200 with a page', answer(200, '<html>'), unavailable('200')],
    [
      '202 with a page',
      answer(202, '<html>', { 'content-type': 'text/html' }),
      unavailable('no-answer-of-pagerduty'),
    ],
    ['202 with nothing', answer(202), unavailable('no-answer-of-pagerduty')],
    ['202 of something else', answer(202, '{"status":"queued"}'), unavailable('no-answer-of-pagerduty')],
    ['500 with a huge page', answer(500, 'x'.repeat(5_000_000)), unavailable('500')],
    [
      '202 with a huge page',
      answer(202, 'x'.repeat(5_000_000), { 'content-type': 'text/html' }),
      unavailable('no-answer-of-pagerduty'),
    ],
  ])('%s', async (_what, fault, expected) => {
    server().faults = () => fault;
    expect(await client().send(EVENT, never)).toEqual(expected);
  });
});

describe('no answer', () => {
  test('the connection is reset, before and after the event was taken', async () => {
    for (const taken of [false, true]) {
      server().faults = () => ({ kind: 'reset', taken });
      expect(await client().send(EVENT, never)).toEqual(unavailable('ECONNRESET'));
    }
  });

  test('a half-open connection costs the limit and no more', async () => {
    server().faults = () => ({ kind: 'silence', taken: true });
    expect(await client(server().url, { total: milliseconds(300) }).send(EVENT, never)).toEqual(
      unavailable('timeout'),
    );
  });

  test('202 whose body never ends is believed: the status is PagerDuty’s word', async () => {
    server().faults = () => ({ kind: 'slow-body' });
    expect(await client(server().url, { total: milliseconds(300) }).send(EVENT, never)).toEqual({
      kind: 'accepted',
    });
  });

  test('nobody wants it any more', async () => {
    server().faults = () => ({ kind: 'silence', taken: false });
    const stop = new AbortController();
    const sent = client().send(EVENT, stop.signal);
    setTimeout(() => stop.abort(), 50);
    expect(await sent).toEqual(unavailable('stopped'));
    expect(await client().send(EVENT, AbortSignal.abort())).toEqual(unavailable('stopped'));
  });

  test('after each of them the next request is answered', async () => {
    const one = client(server().url, { total: milliseconds(2_000) });
    server().faults = ({ number }) => (number % 2 === 0 ? { kind: 'reset', taken: false } : undefined);
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push((await one.send(EVENT, never)).kind);
    expect(answers.filter((kind) => kind === 'accepted')).toHaveLength(3);
  });
});

describe('nobody there', () => {
  const open: Server[] = [];
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  /** A server that listens and never says anything. */
  async function mute(): Promise<string> {
    const one = createServer((socket) => socket.on('error', () => {}));
    open.push(one);
    await new Promise<void>((resolve) => one.listen({ host: '127.0.0.1', port: 0 }, resolve));
    return `https://127.0.0.1:${(one.address() as AddressInfo).port}`;
  }

  test('a name that nobody knows', async () => {
    const { kind, ...rest } = await client('https://events.pagerduty.invalid').send(EVENT, never);
    expect(kind).toBe('unavailable');
    expect(rest).toMatchObject({ why: expect.stringMatching(/^(?:ENOTFOUND|EAI_AGAIN)$/) });
  });

  test('a port where nobody listens', async () => {
    expect(await client('https://127.0.0.1:1').send(EVENT, never)).toEqual(unavailable('ECONNREFUSED'));
  });

  test('a connection that never shows who it is costs the limit for connections', async () => {
    const limits = { connect: milliseconds(200), total: milliseconds(60_000) };
    expect(await client(await mute(), limits).send(EVENT, never)).toEqual(unavailable('connect-timeout'));
  });

  test('somebody else: the certificate is not trusted, or is another’s', async () => {
    const unknown = new PagerDutyClient({ url: server().url, clock: systemClock });
    clients.push(unknown);
    expect(await unknown.send(EVENT, never)).toMatchObject({
      kind: 'untrusted',
      why: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/),
    });
    const mistaken = client(other().url, {}, ca(other()));
    expect(await mistaken.send(EVENT, never)).toEqual({
      kind: 'untrusted',
      why: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    expect(other().requests).toEqual([]);
  });
});
