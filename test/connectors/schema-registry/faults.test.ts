import { describe, expect, test } from 'vitest';
import { schemaRegistry } from '../../../connectors/schema-registry/schema-registry.ts';
import type { ErrorCode } from '../../../topology/model/errors.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { type Act, broken, json, NotedClock, plain, reset, scripted, silent } from './scripted-registry.ts';

const SCHEMA = '{"type":"string"}';
const found = json({ schema: SCHEMA });

describe('what passes by itself is tried again', () => {
  const passing: readonly [string, Act][] = [
    ['status 500', plain('', 500)],
    ['status 503 with a page', plain('<html>down</html>', 503)],
    ['status 429', plain('', 429)],
    ['a connection that breaks', reset],
    ['a connection that breaks in the middle of an answer', broken],
    ['no answer in time', silent],
    ['a refusal whose body is null', json(null, 500)],
  ];
  test.for(passing)('%s', async ([, act]) => {
    const { url, asked } = await scripted([act, act, found]);
    const clock = new NotedClock();
    const registry = schemaRegistry({ url, clock, answerWithin: milliseconds(300) });
    expect(await registry.schemaOf(7)).toBe(SCHEMA);
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(clock.pauses.length).toBeGreaterThanOrEqual(2);
  });

  test.for(passing)('%s for ever ends with an error that says what to check', async ([, act]) => {
    const { url } = await scripted([act]);
    const clock = new NotedClock();
    const registry = schemaRegistry({ url, clock, answerWithin: milliseconds(50) });
    await expect(registry.schemaOf(7)).rejects.toMatchObject({
      code: 'registry-unavailable',
      message: expect.stringContaining('SCHEMA_REGISTRY_URL'),
    });
    expect(clock.pauses.length).toBeGreaterThan(4);
    expect(clock.now()).toBeLessThanOrEqual(6_000);
  });

  test('each try that fails is told before it is made again, and the last one is not', async () => {
    const told: string[] = [];
    const onRetrying = (code: string): void => void told.push(code);
    const passes = await scripted([plain('', 503), plain('', 503), found]);
    await schemaRegistry({ url: passes.url, clock: new NotedClock(), onRetrying }).schemaOf(7);
    expect(told).toEqual(['registry-unavailable', 'registry-unavailable']);
    const lasts = await scripted([plain('', 503)]);
    const clock = new NotedClock();
    await expect(schemaRegistry({ url: lasts.url, clock, onRetrying }).schemaOf(7)).rejects.toThrow();
    expect(told.length - 2).toBe(clock.pauses.length);
    const refuses = await scripted([plain('', 401)]);
    const before = told.length;
    await expect(
      schemaRegistry({ url: refuses.url, clock: new NotedClock(), onRetrying }).schemaOf(7),
    ).rejects.toThrow();
    expect(told).toHaveLength(before);
  });

  test('a slow answer is waited for, and nothing is asked twice', async () => {
    const slow: Act = (response) => void setTimeout(() => found(response), 250);
    const { url, asked } = await scripted([slow]);
    const registry = schemaRegistry({ url, clock: new NotedClock(), answerWithin: milliseconds(20_000) });
    expect(await registry.schemaOf(7)).toBe(SCHEMA);
    expect(asked).toHaveLength(1);
  });

  test('the pauses become longer, and none is the same for all workers', async () => {
    const { url } = await scripted([plain('', 500)]);
    const runs = await Promise.all(
      [1, 2].map(async () => {
        const clock = new NotedClock();
        await expect(schemaRegistry({ url, clock }).schemaOf(7)).rejects.toThrow();
        return clock.pauses;
      }),
    );
    for (const pauses of runs) {
      pauses.slice(0, 5).forEach((pause, i) => {
        expect(pause).toBeGreaterThanOrEqual(50 * 2 ** i);
        expect(pause).toBeLessThanOrEqual(100 * 2 ** i);
      });
    }
    expect(runs[0]).not.toEqual(runs[1]);
  });

  test('a registration whose answer was lost is sent again', async () => {
    const latest = json({ error_code: 40401, message: 'Subject not found.' }, 404);
    const { url, asked } = await scripted([latest, latest, latest, reset, json({ id: 5 })]);
    const registry = schemaRegistry({ url, clock: new NotedClock() });
    expect(await registry.register('s-value', SCHEMA)).toBe(5);
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /subjects/s-value',
      'GET /subjects/s-value/versions/latest',
      'GET /subjects/s-value/versions/latest',
      'POST /subjects/s-value/versions',
      'POST /subjects/s-value/versions',
    ]);
  });
});

describe('what does not pass is told at once, with the setting to check', () => {
  const lasting: readonly [string, Act, ErrorCode, string][] = [
    [
      'a wrong password',
      json({ error_code: 401, message: 'Unauthorized' }, 401),
      'registry-authentication-failed',
      'SCHEMA_REGISTRY_PASSWORD',
    ],
    [
      'a wrong password, without a body',
      plain('', 401),
      'registry-authentication-failed',
      'SCHEMA_REGISTRY_TOKEN',
    ],
    ['a right that is missing', plain('', 403), 'registry-not-authorized', 'SCHEMA_REGISTRY_USERNAME'],
    [
      'a schema that is no Avro',
      json({ error_code: 42201, message: 'Invalid Avro schema' }, 422),
      'registry-refused',
      'Invalid Avro schema',
    ],
    ['a web page', plain('<html>Welcome</html>', 200), 'not-a-registry', 'SCHEMA_REGISTRY_URL'],
    ['a path that is wrong', plain('Not found', 404), 'not-a-registry', 'SCHEMA_REGISTRY_URL'],
    [
      'a path that is wrong, told in JSON',
      json({ error_code: 404, message: 'HTTP 404 Not Found' }, 404),
      'not-a-registry',
      'SCHEMA_REGISTRY_URL',
    ],
    [
      'a page for logging in',
      plain('', 302, { location: 'https://login.example.org/' }),
      'not-a-registry',
      'login.example.org',
    ],
    ['another server that speaks JSON', json({ status: 'UP' }), 'not-a-registry', 'SCHEMA_REGISTRY_URL'],
    ['an answer without a body', json(null), 'not-a-registry', 'SCHEMA_REGISTRY_URL'],
  ];
  test.for(lasting)('%s', async ([, act, code, named]) => {
    const { url, asked } = await scripted([act]);
    const clock = new NotedClock();
    const registry = schemaRegistry({ url, clock });
    await expect(registry.schemaOf(7)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(named),
    });
    expect([asked.length, clock.pauses]).toEqual([1, []]);
  });

  test('an id that has no four bytes', async () => {
    const { url } = await scripted([json({ id: 2 ** 31, version: 1, schema: SCHEMA })]);
    await expect(schemaRegistry({ url, clock: new NotedClock() }).latest('s-value')).rejects.toMatchObject({
      code: 'not-a-registry',
    });
  });

  test('a schema that is not Avro', async () => {
    const { url } = await scripted([json({ schemaType: 'PROTOBUF', schema: 'syntax = "proto3";' })]);
    await expect(schemaRegistry({ url, clock: new NotedClock() }).schemaOf(3)).rejects.toMatchObject({
      code: 'unknown-schema',
      message: expect.stringContaining('PROTOBUF'),
    });
  });

  test('nobody at that port', async () => {
    const { url, close } = await scripted([found]);
    await close();
    await expect(schemaRegistry({ url, clock: new NotedClock() }).schemaOf(7)).rejects.toMatchObject({
      code: 'registry-unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('TLS to a server without it', async () => {
    const { url } = await scripted([found]);
    const registry = schemaRegistry({ url: url.replace('http:', 'https:'), clock: new NotedClock() });
    await expect(registry.schemaOf(7)).rejects.toMatchObject({ code: 'not-a-registry' });
  });
});
