import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import type { RedisAccess } from '../../../connectors/redis/access.ts';
import { Connection } from '../../../connectors/redis/connection.ts';
import { type RedisSnapshotOptions, RedisSnapshotStore } from '../../../connectors/redis/snapshot-store.ts';
import { type TaskKeys, taskKeys } from '../../../connectors/redis/task-keys.ts';
import type { RedisAddress } from '../../../docker/stack/redis/redis-request.ts';
import { text } from '../../../topology/model/codec.ts';
import type { SnapshotChange, SnapshotHeader, SnapshotKey } from '../../../topology/ports/snapshot-store.ts';

export const TASK: SnapshotKey = { application: 'app', task: '1_0' };

/** The connector's own words for a server of the tests. */
export const accessOf = ({ host, port, user, ca }: RedisAddress): RedisAccess => ({
  address: { kind: 'standalone', host, port },
  ...(user === undefined ? {} : { user }),
  ...(ca === undefined ? {} : { tls: { ca: readFileSync(ca, 'utf8') } }),
});

/** Keys that no other test has. */
export const freshPrefix = (): string => `sepsis:${randomUUID()}:`;

/** A store that is closed behind the test. */
export function storeOf(options: RedisSnapshotOptions): RedisSnapshotStore {
  const store = new RedisSnapshotStore(options);
  onTestFinished(() => store.close());
  return store;
}

export function connectionOf(access: RedisAccess): Connection {
  const connection = new Connection(access);
  onTestFinished(() => connection.close());
  return connection;
}

/** A plain client, to do harm with. */
export function clientOf({ host, port }: RedisAddress): Redis {
  const client = new Redis({ host, port, protocol: 2, maxRetriesPerRequest: 1 });
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

export const keysOf = (prefix: string, key: SnapshotKey = TASK): TaskKeys => taskKeys(prefix, key);

export const header = (offset: number, epoch = 1): SnapshotHeader => ({
  offset,
  topologyHash: 't',
  stateHash: `s${offset}`,
  epoch,
});

export const put = (key: string, state: string): SnapshotChange => ['store', key, text.encode(state)];

/** `count` entries `k0`, `k1`, ... with the state `said`. */
export const many = (count: number, said: string): SnapshotChange[] =>
  Array.from({ length: count }, (_, i) => put(`k${i}`, said));

/** Offset and entries of what the store gives; undefined: nothing. */
export async function held(
  store: RedisSnapshotStore,
  key: SnapshotKey = TASK,
): Promise<{ readonly offset: number; readonly entries: Readonly<Record<string, string>> } | undefined> {
  const snapshot = await store.load(key);
  if (snapshot === undefined) return undefined;
  const entries = [...snapshot.entries].map(([, name, state]) => [name, text.decode(state)] as const);
  return { offset: snapshot.header.offset, entries: Object.fromEntries(entries) };
}
