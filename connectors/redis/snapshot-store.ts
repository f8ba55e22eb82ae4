import { randomUUID } from 'node:crypto';
import { StreamsError } from '../../topology/model/errors.ts';
import type {
  Snapshot,
  SnapshotChange,
  SnapshotHeader,
  SnapshotKey,
  SnapshotStore,
} from '../../topology/ports/snapshot-store.ts';
import type { RedisAccess } from './access.ts';
import { Codecs } from './codecs.ts';
import { Connection } from './connection.ts';
import { checkEncryptionKeys, type EncryptionKeys } from './encryption.ts';
import { readNewest, type Unreadable } from './generations.ts';
import { type OwnedChange, ownedChanges } from './owned-changes.ts';
import { textOf } from './replies.ts';
import { save } from './save.ts';
import { DROP, NEXT_EPOCH } from './scripts.ts';
import { type TaskKeys, taskKeys } from './task-keys.ts';

export interface RedisSnapshotOptions extends RedisAccess {
  /** All keys begin with it; `sepsis:snapshots:` unless told. */
  readonly prefix?: string;
  /** Encrypts states and hides the names of their keys. Without it both are in the clear. */
  readonly encryption?: EncryptionKeys;
  /** A generation could not be read, and an older one or none was given in its place. */
  readonly onUnreadable?: (task: string, why: Unreadable) => void;
}

interface Known {
  readonly keys: TaskKeys;
  readonly codecs: Codecs;
  /** Greatest epoch that this process has seen: a server that lost it does not give it again. */
  epoch: number;
}

/**
 * Snapshots in Redis 7 or Valkey: two generations of each task, written in fenced steps, of which only the last shows.
 * A newer epoch fences an older one as soon as it is given. Everything ends within the patience of each command, with
 * `snapshot-store-unavailable` or `snapshot-store-refused`; whether a save that ended so was done is not known.
 */
export class RedisSnapshotStore implements SnapshotStore {
  readonly #connection: Connection;
  readonly #options: RedisSnapshotOptions;
  readonly #known = new Map<string, Known>();

  /** @throws StreamsError `configuration` for encryption keys that cannot be used. */
  constructor(options: RedisSnapshotOptions) {
    if (options.encryption !== undefined) checkEncryptionKeys(options.encryption);
    this.#options = options;
    this.#connection = new Connection(options);
  }

  async nextEpoch(key: SnapshotKey): Promise<number> {
    const known = this.#of(key);
    const answer = await this.#connection.run(NEXT_EPOCH, [known.keys.meta], [String(known.epoch)]);
    known.epoch = Math.max(known.epoch, Number(textOf(answer)));
    return known.epoch;
  }

  async load(key: SnapshotKey): Promise<Snapshot | undefined> {
    const { keys, codecs } = this.#of(key);
    return readNewest(this.#connection, keys, codecs, (why) => this.#options.onUnreadable?.(key.task, why));
  }

  save(
    key: SnapshotKey,
    header: SnapshotHeader,
    changes: Iterable<SnapshotChange>,
    base: number | undefined,
  ): Promise<boolean> {
    return this.#save(key, header, ownedChanges(changes), base);
  }

  async drop(key: SnapshotKey): Promise<void> {
    await this.#connection.run(DROP, this.#of(key).keys.all, []);
  }

  /** What is under way fails. */
  close(): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }

  async #save(
    key: SnapshotKey,
    header: SnapshotHeader,
    changes: readonly OwnedChange[],
    base: number | undefined,
  ): Promise<boolean> {
    const known = this.#of(key);
    known.epoch = Math.max(known.epoch, header.epoch);
    const keyId = known.codecs.current;
    const codec = known.codecs.of(keyId);
    if (codec === undefined) throw new StreamsError('configuration', `There is no key '${keyId}'.`);
    return save(this.#connection, {
      keys: known.keys,
      header,
      changes,
      base,
      keyId,
      codec,
      token: randomUUID(),
    });
  }

  #of(key: SnapshotKey): Known {
    const keys = taskKeys(this.#options.prefix ?? 'sepsis:snapshots:', key);
    let known = this.#known.get(keys.meta);
    if (known === undefined) {
      known = { keys, codecs: new Codecs(this.#options.encryption, keys.meta), epoch: 0 };
      this.#known.set(keys.meta, known);
    }
    return known;
  }
}
