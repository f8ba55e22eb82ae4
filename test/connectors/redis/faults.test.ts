import { createServer, type Server } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { milliseconds } from '../../../topology/model/time.ts';
import type { SnapshotStore } from '../../../topology/ports/snapshot-store.ts';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import { accessOf, clientOf, freshPrefix, header, held, many, put, storeOf, TASK } from './redis-world.ts';

const UNAVAILABLE = { code: 'snapshot-store-unavailable', retry: true };
const REFUSED = { code: 'snapshot-store-refused', retry: false };
/** Long enough that nothing healthy is given up on a busy machine, short enough to wait for. */
const patience = milliseconds(1_500);

/** Asks a store everything that it can be asked, all at once, and gives what each call ended with. */
const everything = (store: SnapshotStore): Promise<readonly unknown[]> =>
  Promise.all(
    [
      store.load(TASK),
      store.nextEpoch(TASK),
      store.save(TASK, header(9, 9), [put('a', '9')], undefined),
      store.drop(TASK),
    ].map((call) => call.catch((error: unknown) => error)),
  );
const four = <T>(error: T): readonly T[] => [error, error, error, error];

describe('a Redis that fails', () => {
  const redis = useServer(() => redisServer({ own: true, durable: true }));
  const storeHere = () => storeOf({ ...accessOf(redis()), prefix: freshPrefix(), patience });

  test('killed: every call ends with an error, and when it is back with its data all goes on', async () => {
    const store = storeHere();
    await store.save(TASK, header(1), [put('a', '1')], undefined);
    // Written to disk each second; this writes it now.
    await clientOf(redis()).call('CONFIG', 'SET', 'appendfsync', 'always');
    await store.save(TASK, header(2), [put('a', '2')], 1);
    await redis().kill();
    expect(await everything(store)).toMatchObject(four(UNAVAILABLE));
    await redis().restart();
    await expect
      .poll(() => held(store).catch(() => 'down'))
      .toEqual({
        offset: 2,
        entries: { a: '2' },
      });
    expect(await store.save(TASK, header(3), [put('b', '3')], 2)).toBe(true);
  });

  test('down at the start: a store that is opened meanwhile fails, and works when it comes', async () => {
    await redis().stop();
    const store = storeHere();
    await expect(store.load(TASK)).rejects.toMatchObject(UNAVAILABLE);
    await redis().restart();
    await expect.poll(() => store.nextEpoch(TASK).catch(() => 'down')).toBe(1);
  });

  test('stands still: a call is given up, those behind it too, and it goes on after', async () => {
    const store = storeHere();
    await store.save(TASK, header(1), [put('a', '1')], undefined);
    redis().pause();
    try {
      expect(await everything(store)).toMatchObject(four(UNAVAILABLE));
      await expect(store.load(TASK)).rejects.toMatchObject(UNAVAILABLE);
    } finally {
      redis().resume();
    }
    // What was sent before may be done late; then it is a whole snapshot too.
    await expect.poll(() => held(store).catch(() => 'down')).not.toBe('down');
  });

  // The first ends by itself: it holds up the command that would end it, too.
  test.each([
    ['ALL', '4000'],
    ['WRITE', '60000'],
  ])('CLIENT PAUSE %s: a save is given up, and nothing of it fails later', async (mode, ms) => {
    const store = storeHere();
    await store.save(TASK, header(1), [put('a', '1')], undefined);
    const client = clientOf(redis());
    await client.call('CLIENT', 'PAUSE', ms, mode);
    await expect(store.save(TASK, header(2), [put('a', '2')], 1)).rejects.toMatchObject(UNAVAILABLE);
    await client.call('CLIENT', 'UNPAUSE');
    await expect
      .poll(() => store.save(TASK, header(3), [put('a', '3')], undefined).catch(() => 'down'))
      .toBe(true);
    expect(await held(store)).toEqual({ offset: 3, entries: { a: '3' } });
  });

  test('out of memory: the save fails, what is there is still read, and with memory it goes on', async () => {
    const store = storeHere();
    await store.save(TASK, header(1), many(3_000, 'x'.repeat(100)), undefined);
    const client = clientOf(redis());
    await client.call('CONFIG', 'SET', 'maxmemory', '1');
    try {
      await expect(store.save(TASK, header(2), many(3_000, 'y'), 1)).rejects.toMatchObject(UNAVAILABLE);
      expect((await held(store))?.offset).toBe(1);
    } finally {
      await client.call('CONFIG', 'SET', 'maxmemory', '0');
    }
    expect(await store.save(TASK, header(2), many(3_000, 'y'), 1)).toBe(true);
    expect((await held(store))?.entries['k2999']).toBe('y');
  });

  test('a script that the server has forgotten is sent again', async () => {
    const store = storeHere();
    expect(await store.nextEpoch(TASK)).toBe(1);
    await clientOf(redis()).call('SCRIPT', 'FLUSH');
    expect(await store.nextEpoch(TASK)).toBe(2);
  });

  test('after close every call fails, and nothing is set up anew', async () => {
    const store = storeHere();
    await store.nextEpoch(TASK);
    await store.close();
    expect(await everything(store)).toMatchObject(four(UNAVAILABLE));
  });
});

describe('a server that is no Redis', () => {
  /** Takes connections and gives each the same treatment. */
  async function listening(treat: (server: Server) => Server): Promise<number> {
    const server = treat(createServer());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  test('that answers byte by byte: the call is given up, and so is the connection', async () => {
    let connections = 0;
    const port = await listening((server) =>
      server.on('connection', (socket) => {
        connections++;
        socket.on('error', () => {});
        socket.setEncoding('latin1').on('data', (asked) => {
          if (/info/i.test(String(asked))) {
            socket.write('$9\r\nloading:0\r\n');
            return;
          }
          socket.write('$1000000\r\n');
          const trickle = setInterval(() => socket.write('x'), 20);
          socket.on('close', () => clearInterval(trickle));
        });
      }),
    );
    const address = { kind: 'standalone', host: '127.0.0.1', port } as const;
    const store = storeOf({ address, patience: milliseconds(200) });
    await expect(store.load(TASK)).rejects.toMatchObject(UNAVAILABLE);
    await expect.poll(() => connections).toBeGreaterThan(1);
  });

  test.each([
    ['never answers', (server: Server) => server.on('connection', (socket) => socket.on('error', () => {}))],
    ['hangs up', (server: Server) => server.on('connection', (socket) => socket.destroy())],
    [
      'talks something else',
      (server: Server) =>
        server.on('connection', (socket) =>
          socket.on('error', () => {}).write('HTTP/1.1 400 Bad Request\r\n\r\n'),
        ),
    ],
  ])('that %s: every call ends with an error', async (_, treat) => {
    const port = await listening(treat);
    const store = storeOf({
      address: { kind: 'standalone', host: '127.0.0.1', port },
      patience: milliseconds(200),
    });
    expect(await everything(store)).toMatchObject(four(UNAVAILABLE));
  });
});

describe('a password that is changed while all goes on', () => {
  const redis = useServer(() => redisServer({ own: true }));

  test('is read again with the next connection', async () => {
    const { host, port } = redis();
    let password = 'before';
    const admin = clientOf(redis());
    await admin.call('CONFIG', 'SET', 'requirepass', 'before');
    const store = storeOf({
      address: { kind: 'standalone', host, port },
      user: { password: () => password },
      prefix: freshPrefix(),
      patience,
    });
    expect(await store.nextEpoch(TASK)).toBe(1);
    await admin.call('CONFIG', 'SET', 'requirepass', 'after');
    // Who is connected stays so; who comes again must know it.
    expect(await store.nextEpoch(TASK)).toBe(2);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await expect
      .poll(() => store.nextEpoch(TASK).catch(({ code }: { code: string }) => code))
      .toBe('snapshot-store-refused');
    password = 'after';
    await expect.poll(() => store.nextEpoch(TASK).catch(() => 'refused')).toBe(3);
  });
});

describe('a Redis that refuses', () => {
  const redis = useServer(() => redisServer({ secure: true }));
  const access = () => accessOf(redis());

  test.each([
    ['a wrong password', () => ({ ...access(), user: { name: 'sepsis', password: 'wrong' } })],
    ['a user who does not exist', () => ({ ...access(), user: { name: 'nobody', password: 'x' } })],
    ['no password', () => ({ address: access().address, tls: access().tls ?? {} })],
    ['an authority that is not trusted', () => ({ ...access(), tls: {} })],
    [
      'a certificate of another name',
      () => ({ ...access(), tls: { ...access().tls, servername: 'elsewhere' } }),
    ],
    ['keys outside of those of the user', () => ({ ...access(), prefix: 'other:' })],
  ])('%s: refused at once, and the settings are named', async (_, options) => {
    const store = storeOf({ prefix: freshPrefix(), ...options() });
    const errors = await everything(store);
    expect(errors).toMatchObject(four(REFUSED));
    expect(errors.map(String).join('')).toMatch(/(?:REDIS_PASSWORD.*){4}/s);
  });

  test('in the clear to a port that talks TLS: unavailable', async () => {
    const { address, user } = access();
    const store = storeOf({
      address,
      ...(user === undefined ? {} : { user }),
      prefix: freshPrefix(),
      patience,
    });
    expect(await everything(store)).toMatchObject(four(UNAVAILABLE));
  });
});
