import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { kafkaSettings } from '../../../app/configuration/kafka.ts';
import { redisSettings } from '../../../app/configuration/redis.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { TopicConfigs } from '../../../connectors/platformatic/topic-configs.ts';
import { RedisSnapshotStore } from '../../../connectors/redis/snapshot-store.ts';
import { kafkaLibraries } from '../../../docker/stack/kafka/class-archive.ts';
import { redisProgram } from '../../../docker/stack/redis/redis-program.ts';
import { down, type Output, status, up } from '../../../docker/stack/stack-commands.ts';
import { progress } from '../../servers/shared.ts';
import { useServer } from '../../servers/use-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What cannot be had here is told as of every other server. */
useServer(async () => [await kafkaLibraries(progress), await redisProgram(true, progress)]);

test('the variables of a secured stack lead there', async () => {
  const data = join(temporaryFolder(), 'data');
  const lines: string[] = [];
  const output: Output = { result: (line) => lines.push(line), progress };
  const asked = { data, brokers: 1, secure: true, servers: ['kafka', 'redis'] } as const;
  onTestFinished(() => down({ command: 'down', ...asked }, { result: progress, progress }));
  await up({ command: 'up', ...asked }, output);
  const environment = Object.fromEntries(
    lines.flatMap((line) => line.split(' ').map((pair) => pair.split('=') as [string, string])),
  );
  expect(await status({ command: 'status', ...asked }, output)).toBe(true);

  const faults: string[] = [];
  const access = kafkaSettings(environment, 'test', faults);
  const redis = redisSettings(environment, faults);
  expect(faults).toEqual([]);
  const cluster = new TopicConfigs(access, systemClock);
  expect(await cluster.brokers()).toBe(1);
  await cluster.close();
  if (redis === undefined) throw new Error('no Redis is named');
  const snapshots = new RedisSnapshotStore(redis);
  expect(await snapshots.nextEpoch({ application: 'test', task: '1_0' })).toBe(1);
  await snapshots.close();
});
