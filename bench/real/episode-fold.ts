import { createHash } from 'node:crypto';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { Codec } from '../../topology/model/codec.ts';

/** What a drain must have written: a run with other alerts, or other dead letters, is no measurement. */
export interface Outcome {
  readonly episodes: number;
  readonly deadLetters: number;
  /** Hash of id, start, end and peak of every episode. */
  readonly digest: string;
}

/**
 * The last record of each alert counts, and of a retracted one nothing. Whether an episode is over is left out: on the real cluster a tick
 * may have said so, and how many of them come depends on how long it takes.
 */
export class EpisodeFold {
  readonly #last = new Map<string, string>();
  readonly #codec: Codec<SepsisAlert>;
  deadLetters: number = 0;

  constructor(codec: Codec<SepsisAlert>) {
    this.#codec = codec;
  }

  alert(value: Uint8Array | null): void {
    if (value === null) return;
    const { alertId, status, peak, start, end } = this.#codec.decode(value);
    if (status === 'RETRACTED') this.#last.delete(alertId);
    else this.#last.set(alertId, [peak, start, end].join(' '));
  }

  get outcome(): Outcome {
    const hash = createHash('sha256');
    for (const [id, state] of [...this.#last].sort(([a], [b]) => (a < b ? -1 : 1)))
      hash.update(`${id} ${state}\n`);
    const { deadLetters } = this;
    return { episodes: this.#last.size, deadLetters, digest: hash.digest('hex').slice(0, 16) };
  }
}
