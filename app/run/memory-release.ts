import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { silent, type Telemetry } from '../../topology/ports/telemetry.ts';

/** From so many records in a second on, or entries and records of restores, what a worker does makes its memory grow. */
const BUSY = 10_000;
/** A backlog may come in bursts: so many seconds with less must pass. */
const QUIET_SECONDS = 2;
/** With more alive in the heap the pause would be too long for what it gives back. Bytes. */
const MOST = 128e6;

export interface ReleaseSettings {
  /** Bytes in the heap that are alive, as far as is known. The dead, however many, add little to the pause. */
  readonly alive: () => number;
  /** Gives back all that can be. */
  readonly collect: () => void;
  readonly released: (milliseconds: number) => void;
  readonly now: () => number;
}

/**
 * Gives memory back when a restore or a backlog is over. V8 keeps what it took for it, the young generation at its largest and freed pages,
 * as if the next backlog came at once: of 100,000 patients 100 to 150 MB, while 95 MB are alive. To collect them took 80 to 105 ms.
 */
export class MemoryRelease {
  readonly telemetry: Telemetry;
  readonly #settings: ReleaseSettings;
  #records = 0;
  #restored = 0;
  #restoring = false;
  #owing = false;
  #quiet = 0;

  constructor(settings: ReleaseSettings) {
    this.#settings = settings;
    this.telemetry = {
      ...silent,
      consumed: (_topic, records) => {
        this.#records += records;
      },
      restoring: () => {
        this.#restoring = true;
      },
      restored: (_task, entries, replayed) => {
        this.#restored += entries + replayed;
      },
    };
  }

  /** To be called each second. */
  second(): void {
    const busy = this.#records >= BUSY || this.#restored >= BUSY;
    this.#quiet = busy || this.#restoring ? 0 : this.#quiet + 1;
    this.#records = 0;
    this.#restoring = false;
    if (busy) {
      this.#owing = true;
      this.#restored = 0;
    }
    if (!this.#owing || this.#quiet < QUIET_SECONDS) return;
    this.#owing = false;
    const { alive, collect, released, now } = this.#settings;
    if (alive() > MOST) return;
    const began = now();
    collect();
    released(now() - began);
  }
}

/** Collects what is dead in the heap of this thread and gives back what it leaves, as V8 does where it runs out of memory. */
export function collectAll(): void {
  // Node has no other way to ask for it while it runs.
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as (options: {
    readonly type: 'major';
    readonly execution: 'sync';
    readonly flavor: 'last-resort';
  }) => void;
  gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
