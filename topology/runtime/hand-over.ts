import { isStreamsError } from '../model/errors.ts';
import type { Duration } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Commits } from './commits.ts';
import type { Owned } from './owned.ts';
import type { Snapshots } from './snapshots.ts';
import { within } from './within.ts';

export interface HandOverSettings {
  readonly commits: Commits;
  readonly snapshots: Snapshots;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** A member that holds on for longer is taken for dead. */
  readonly limit: Duration;
  readonly stillOwned: (owned: Owned) => boolean;
}

/** What is done before partitions are given up: what is processed is committed, and its state saved. */
export class HandOver {
  readonly #settings: HandOverSettings;
  /** Resolves when what is given up now is given up. */
  #underWay: Promise<void> | undefined;

  constructor(settings: HandOverSettings) {
    this.#settings = settings;
  }

  /** Work waits for it: what were processed beside its commit would become state without being committed. */
  get underWay(): Promise<void> | undefined {
    return this.#underWay;
  }

  /** What is not done within the limit is dropped, and read again by the next owner. @throws what trying again cannot help. */
  async run(owned: Owned): Promise<void> {
    const { commits, telemetry, clock, limit } = this.#settings;
    const inTime = within(limit, clock, this.#inOrder(owned));
    this.#underWay = inTime.then(nothing, nothing);
    if (!(await inTime)) {
      telemetry.aborted('revoke-timeout');
      commits.abandon();
    }
    this.#underWay = undefined;
  }

  async #inOrder(owned: Owned): Promise<void> {
    const { commits, snapshots, stillOwned } = this.#settings;
    try {
      await commits.recover(owned);
      await commits.run(owned);
    } catch (error) {
      if (!isStreamsError(error) || !error.retry) throw error;
    }
    if (stillOwned(owned) && owned.phase === 'live') await snapshots.flush(owned.tasks);
  }
}

const nothing = (): void => {};
