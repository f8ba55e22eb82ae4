import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import { clientOf, freshPrefix, header, held, put, storeOf, TASK } from './redis-world.ts';

const [before, after] = [
  useServer(() => redisServer({ own: true })),
  useServer(() => redisServer({ own: true })),
];

test('behind an address where another server takes over: who talks to the one that only reads now comes to the one that writes', async () => {
  let target = before();
  const server = createServer((socket) => {
    const to = connect(target.port, target.host);
    for (const [one, other] of [
      [socket, to],
      [to, socket],
    ] as const)
      one
        .on('error', () => {})
        .on('close', () => other.destroy())
        .pipe(other);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const store = storeOf({
    address: { kind: 'standalone', host: '127.0.0.1', port },
    prefix: freshPrefix(),
  });
  expect(await store.save(TASK, header(1), [put('a', '1')], undefined)).toBe(true);
  target = after();
  await clientOf(before()).call('REPLICAOF', after().host, String(after().port));
  await expect
    .poll(() =>
      store.save(TASK, header(2), [put('a', '2')], undefined).catch(({ code }: { code: string }) => code),
    )
    .toBe(true);
  expect(await held(store)).toEqual({ offset: 2, entries: { a: '2' } });
  // A primary that is told to end waits for who reads from it.
  await clientOf(before()).call('REPLICAOF', 'NO', 'ONE');
});
