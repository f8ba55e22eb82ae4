import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../../docker/stack/free-ports.ts';
import { redisProgram } from '../../../docker/stack/redis/redis-program.ts';
import { askRedis, type RedisAddress } from '../../../docker/stack/redis/redis-request.ts';
import { ServerProcess, withFreshPorts } from '../../../docker/stack/server-process.ts';
import { ownFolder, progress } from '../../servers/shared.ts';

export interface Deployed {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

interface Launch {
  readonly name: string;
  readonly args: (folder: string, spare: number) => readonly string[];
  readonly ready: (server: RedisAddress) => Promise<boolean>;
}

async function started({ name, args, ready }: Launch): Promise<Deployed> {
  const { program, env } = await redisProgram(false, progress);
  return withFreshPorts(async () => {
    const folder = ownFolder(name);
    const [port = 0, spare = 0] = await freePorts(2);
    const all = [...args(folder, spare), '--bind', '127.0.0.1', '--port', String(port), '--dir', folder];
    const process = new ServerProcess({ name, program, args: all, env, folder });
    process.start();
    await process.answers(() => ready({ host: '127.0.0.1', port }));
    return { host: '127.0.0.1', port, stop: () => process.kill() };
  });
}

/** A cluster of one node that has all slots: it refuses keys of two slots in one script as any cluster does. */
export async function redisCluster(): Promise<Deployed> {
  return started({
    name: 'redis-cluster',
    // Alone, it has nobody to learn its address from, and would tell an empty one.
    args: (_, spare) =>
      `--cluster-enabled yes --cluster-port ${spare} --cluster-announce-ip 127.0.0.1`.split(' '),
    ready: async (node) => {
      // Refused the second time, when it has them.
      await askRedis(node, 'CLUSTER ADDSLOTSRANGE 0 16383');
      return (await askRedis(node, 'CLUSTER INFO')).includes('cluster_state:ok');
    },
  });
}

/** A sentinel that watches a server under the name `primary`. */
export function redisSentinel(watched: { readonly host: string; readonly port: number }): Promise<Deployed> {
  return started({
    name: 'redis-sentinel',
    args: (folder) => {
      const file = join(folder, 'sentinel.conf');
      writeFileSync(file, `sentinel monitor primary ${watched.host} ${watched.port} 1\n`);
      return [file, '--sentinel'];
    },
    ready: async (sentinel) => (await askRedis(sentinel, 'PING')) === '+PONG',
  });
}
