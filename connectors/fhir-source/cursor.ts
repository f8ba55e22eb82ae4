/**
 * How far a search has been read: up to the newest `lastUpdated` whose resources are all published, and the versions that are
 * published of the time just before it. What a server commits late shows up there, behind what was read already.
 */
export class Cursor {
  #newest: number | undefined;
  readonly #seen: Map<string, number>;

  constructor({ newest, seen = [] }: Partial<CursorState> = {}) {
    this.#newest = newest;
    this.#seen = new Map(seen);
  }

  /** Epoch milliseconds; undefined: nothing was read. */
  get newest(): number | undefined {
    return this.#newest;
  }

  has(version: string): boolean {
    return this.#seen.has(version);
  }

  /** A version is published; one without a time counts as of the newest. */
  published(version: string, lastUpdated: number | undefined): void {
    this.#seen.set(version, lastUpdated ?? this.#newest ?? 0);
  }

  /** All up to this time is published: versions from more than `overlap` milliseconds before it are forgotten. */
  moveTo(time: number, overlap: number): void {
    if (this.#newest !== undefined && time <= this.#newest) return;
    this.#newest = time;
    for (const [version, at] of this.#seen) if (at < time - overlap) this.#seen.delete(version);
  }

  get state(): CursorState {
    return { newest: this.#newest, seen: [...this.#seen] };
  }
}

/** As plain JSON. */
export interface CursorState {
  readonly newest: number | undefined;
  readonly seen: readonly (readonly [version: string, lastUpdated: number])[];
}
