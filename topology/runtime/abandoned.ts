import { milliseconds } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type AdminPort,
  type CommittedOffset,
  partitionKey,
  type TopicPartition,
  type TransactionPort,
} from '../ports/kafka-driver.ts';
import { scopeOf } from './commit-metadata.ts';
import type { Transactions } from './guarantee.ts';
import { Producer } from './producer.ts';
import type { WorkerSettings } from './settings.ts';

/** A commit takes tens of milliseconds: what holds others up for longer is nobody's any more, or his who hangs. */
const HELD_UP = milliseconds(300);

type Committed = ReadonlyMap<string, CommittedOffset>;

export interface AbandonedSettings {
  readonly admin: AdminPort;
  readonly clock: Clock;
  readonly application: string;
  /** Scope of this worker. */
  readonly own: string;
  /** A producer under the transactional id of the scope. */
  readonly producer: (scope: string) => TransactionPort;
}

/**
 * Transactions that were left open by one who died. The broker ends them by their time-out, and looks for such only every ten seconds; until
 * then nobody may read the offsets that they move, nor what stands behind their records. Whoever takes the partitions over ends them, as
 * the next process in the same slot would: with a producer under the same transactional id. One that lives after all is set back by it,
 * and reads again what it had not committed.
 */
export class Abandoned {
  readonly #settings: AbandonedSettings;

  constructor(settings: AbandonedSettings) {
    this.#settings = settings;
  }

  /** What `reading` gives, the committed offsets of these partitions; what holds it up is ended. */
  async freed(reading: Promise<Committed>, partitions: readonly TopicPartition[]): Promise<Committed> {
    const { admin, clock, application } = this.#settings;
    const late = clock.sleep(HELD_UP).then(() => undefined);
    const read = await Promise.race([reading, late]);
    if (read !== undefined) return read;
    // It may fail while it is not waited for.
    reading.catch(() => {});
    await this.#trying(async () =>
      this.#end(scopesOf(await admin.committed(application, partitions, 'passed-over'))),
    );
    return reading;
  }

  /** Ends what those whose offsets these are have left open in `where`, as long as it is wanted: it would hold up whoever reads there. */
  async free(
    committed: Committed,
    where: () => Promise<readonly TopicPartition[]>,
    wanted: () => boolean,
  ): Promise<void> {
    const { clock, own } = this.#settings;
    const scopes = scopesOf(committed).filter((scope) => scope !== own);
    if (scopes.length === 0) return;
    await this.#trying(async () => {
      const open = await this.#open(await where());
      if (open.size === 0) return;
      await clock.sleep(HELD_UP);
      if (!wanted()) return;
      const still = await this.#open(await where());
      if ([...open].some(([at, one]) => still.get(at) === one)) await this.#end(scopes);
    });
  }

  /** The first transaction that is open in each of them. */
  async #open(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, string>> {
    const { admin } = this.#settings;
    const found = new Map<string, string>();
    const looks = partitions.map(async (at) => {
      const [first] = (await admin.openTransactions?.(at)) ?? [];
      if (first !== undefined) found.set(partitionKey(at), `${first.producerId} from ${first.from}`);
    });
    await Promise.all(looks);
    return found;
  }

  async #end(scopes: readonly string[]): Promise<void> {
    const { own, producer } = this.#settings;
    const others = scopes.filter((scope) => scope !== own);
    await Promise.allSettled(
      others.map(async (scope) => {
        const successor = new Producer(() => producer(scope));
        await successor.ready();
        await successor.close();
      }),
    );
  }

  /** What cannot be ended here ends by its time-out. */
  async #trying(work: () => Promise<void>): Promise<void> {
    await work().catch(() => {});
  }
}

const scopesOf = (committed: Committed): readonly string[] => [
  ...new Set([...committed.values()].flatMap(({ metadata }) => scopeOf(metadata) ?? [])),
];

/** Undefined without transactions, and where each partition has a transactional id: there whoever takes it over ends what was left open. */
export function abandonedOf(
  { driver, clock, application, guarantee }: WorkerSettings,
  { own, producer }: Transactions,
): Abandoned | undefined {
  if (own === undefined || guarantee === 'at-least-once') return undefined;
  return new Abandoned({ admin: driver.admin(), clock, application, own, producer });
}
