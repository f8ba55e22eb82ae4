/** As long as nothing is known of the records. Bytes. */
const FIRST = 1 << 20;
const LEAST = 1 << 19;
/** A little more than is wanted: what is there at once need not be asked for again. */
const ROOM = 1.25;
/** Weight of the newest answer. */
const NEWEST = 0.25;

/**
 * How many bytes to ask for when so many records are wanted. Records come packed, sixteenfold and more when they resemble each other:
 * whoever always asked for what memory allows would unpack many times that, and hold it until its turn comes.
 */
export class FetchSize {
  /** Packed bytes of a record, on average. */
  #perRecord: number | undefined;

  /** At most `limit`; `records` undefined: as many as there are. */
  ask(records: number | undefined, limit: number): number {
    if (records === undefined) return limit;
    const wanted = this.#perRecord === undefined ? FIRST : this.#perRecord * records * ROOM;
    return Math.min(limit, Math.max(LEAST, Math.ceil(wanted)));
  }

  /** So many records came in so many bytes. */
  came(records: number, bytes: number): void {
    if (records === 0 || bytes === 0) return;
    const newest = bytes / records;
    this.#perRecord =
      this.#perRecord === undefined ? newest : this.#perRecord + NEWEST * (newest - this.#perRecord);
  }
}
