import { expect, test } from 'vitest';
import { StreamsError } from '../../../topology/model/errors.ts';
import { redisServer } from '../../servers/redis.ts';
import { useServer } from '../../servers/use-server.ts';
import { clientOf, freshPrefix, storeOf, TASK } from './redis-world.ts';

const redis = useServer(() => redisServer({ own: true }));

test('a password that cannot be read for a moment is the one before: nothing but Redis refuses', async () => {
  const { host, port } = redis();
  const admin = clientOf(redis());
  await admin.call('CONFIG', 'SET', 'requirepass', 'before');
  let password: string | undefined = 'before';
  let asked = 0;
  const store = storeOf({
    address: { kind: 'standalone', host, port },
    user: {
      password: () => {
        asked++;
        if (password === undefined) throw new StreamsError('configuration', 'There is no such file.');
        return password;
      },
    },
    prefix: freshPrefix(),
  });
  const epoch = (): Promise<unknown> => store.nextEpoch(TASK).catch(({ code }: { code: string }) => code);
  const cutOff = (): Promise<unknown> => admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  expect(await epoch()).toBe(1);
  password = undefined;
  const before = asked;
  await cutOff();
  await expect.poll(epoch).toBe(2);
  expect(asked).toBeGreaterThan(before);
  await admin.call('CONFIG', 'SET', 'requirepass', 'after');
  await cutOff();
  await expect.poll(epoch).toBe('snapshot-store-refused');
  password = 'after';
  await expect.poll(epoch).toBe(3);
});
