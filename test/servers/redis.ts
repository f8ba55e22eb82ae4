import type { RedisAddress } from '../../docker/stack/redis/redis-request.ts';
import { type RedisServer, startRedis } from '../../docker/stack/redis/redis-server.ts';
import { ownFolder, progress, shared } from './shared.ts';

/** Which Redis: with TLS and an ACL; one that keeps its data over a restart (own ones only). */
export interface RedisVariant {
  readonly secure?: boolean;
  readonly durable?: boolean;
}

/** A Redis that other tests use too: it may not be emptied, ended or paused. Take fresh prefixes below `sepsis:`. */
export interface SharedRedis extends RedisAddress {
  /** May do everything, where there are users. */
  readonly admin: { readonly name: string; readonly password: string } | undefined;
}

/**
 * A real Redis that answers: shared by the test files of the run, or with `own` the caller's to stop, kill, restart,
 * pause and resume. Throws `tool-missing` where none can be had (see `useServer`).
 */
export function redisServer(variant: RedisVariant & { readonly own: true }): Promise<RedisServer>;
export function redisServer(variant?: Pick<RedisVariant, 'secure'>): Promise<SharedRedis>;
export async function redisServer(
  variant: RedisVariant & { readonly own?: boolean } = {},
): Promise<RedisServer | SharedRedis> {
  const { secure = false, durable = false, own = false } = variant;
  const name = `redis${secure ? '-secure' : ''}`;
  const start = (folder: string): Promise<RedisServer> => startRedis({ folder, secure, durable, progress });
  if (own) return start(ownFolder(name));
  return shared(name, async (folder): Promise<SharedRedis> => {
    const { host, port, user, ca, admin } = await start(folder);
    return { host, port, user, ca, admin };
  });
}
