import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { assertSpoken, type Spoken } from '../../../connectors/platformatic/spoken-versions.ts';
import { milliseconds } from '../../../topology/model/time.ts';

const FETCH = 1;
/** More than is needed of everything. */
const ALL: readonly Spoken[] = Array.from({ length: 100 }, (_, apiKey) => ({
  apiKey,
  minVersion: 0,
  maxVersion: 99,
}));
const withFetch = (range: Partial<Spoken>): Spoken[] =>
  ALL.map((one) => (one.apiKey === FETCH ? { ...one, ...range } : one));

test('a broker that knows more than is needed is fit', () => {
  expect(() => assertSpoken(ALL, 'b:1')).not.toThrow();
  expect(() => assertSpoken(withFetch({ minVersion: 17, maxVersion: 17 }), 'b:1')).not.toThrow();
});

test.each([
  ['too old', withFetch({ maxVersion: 16 }), 'b:1 does not know Fetch 17 (0 to 16).'],
  ['too new', withFetch({ minVersion: 18 }), 'b:1 does not know Fetch 17 (18 to 99).'],
  ['without it', ALL.filter(({ apiKey }) => apiKey !== FETCH), 'b:1 does not know Fetch 17 (none).'],
])('one that is %s is named with what it lacks', (_, spoken, what) => {
  expect(() => assertSpoken(spoken, 'b:1')).toThrow(what);
  expect(() => assertSpoken(spoken, 'b:1')).toThrow(
    expect.objectContaining({ code: 'broker-unfit', retry: false }),
  );
});

let server: Server | undefined;
afterEach(() => server?.close());

/** Answers what versions it knows, and hangs up on everything else, as an older broker does. */
async function broker(spoken: readonly Spoken[]): Promise<string> {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (request) => {
      if (request.readInt16BE(4) !== 18) return void socket.destroy();
      const list = spoken.map(({ apiKey, minVersion, maxVersion }) => {
        const one = Buffer.alloc(7);
        one.writeInt16BE(apiKey, 0);
        one.writeInt16BE(minVersion, 2);
        one.writeInt16BE(maxVersion, 4);
        return one;
      });
      // Correlation id and no error; a compact length is one more than what it counts; throttle time and no tagged fields.
      const head = Buffer.concat([request.subarray(8, 12), Buffer.alloc(2), Buffer.of(spoken.length + 1)]);
      const answer = Buffer.concat([head, ...list, Buffer.alloc(5)]);
      const size = Buffer.alloc(4);
      size.writeInt32BE(answer.length);
      socket.write(Buffer.concat([size, answer]));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a driver says so at once, and does not take it for one that is away', async () => {
  const bootstrap = await broker(withFetch({ maxVersion: 16 }));
  const options = { requestTimeout: milliseconds(30_000), connectTimeout: milliseconds(30_000) };
  const driver = new PlatformaticDriver(
    { clientId: 'test', bootstrap: [bootstrap], ...options },
    systemClock,
  );
  try {
    await expect(driver.admin().partitions(['t'])).rejects.toMatchObject({
      code: 'broker-unfit',
      message: expect.stringContaining(`${bootstrap} does not know Fetch 17 (0 to 16)`),
    });
  } finally {
    await driver.close();
  }
});
