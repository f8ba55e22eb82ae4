import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import { type Duration, type Instant, instant, isoOf } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { FhirConnection } from '../ehr/connection.ts';
import { pauseAfter } from '../sink/back-off.ts';
import { Cursor } from './cursor.ts';
import type { CursorFile } from './cursor-file.ts';
import { Expired, Later, nextAddress, pageAt } from './pages.ts';
import type { Found, SearchPage } from './search-page.ts';

export interface Polling {
  readonly connection: FhirConnection;
  /** Resource types, each with or without more conditions: `Observation?category=vital-signs`. */
  readonly searches: readonly string[];
  /** How much of what was read is read again: what a server commits late has a `lastUpdated` that is past. */
  readonly overlap: Duration;
  /** Resources of a page that are asked for. */
  readonly pageSize: number;
  /** Where a search begins that has no cursor; undefined: with all that there is. */
  readonly since: Instant | undefined;
  readonly cursors: CursorFile;
  /** Resolves when all are acknowledged. */
  readonly publish: (resources: readonly Buffer[]) => Promise<void>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly chance: () => number;
  /** Tries of one thing in a row before it is given up. */
  readonly tries: number;
  /** Something failed and is tried again. */
  readonly retrying: (code: string) => void;
  /** A page is done: nothing fails any more. */
  readonly worked: () => void;
}

/** Cursors are kept so often at most while a search goes on: whoever is killed publishes the last second's again. */
const KEEP_EVERY_MS = 1_000;

/**
 * Reads a FHIR server by `_lastUpdated`, oldest first. A cursor moves when what it passes is acknowledged: killed at any moment it
 * loses nothing, and what it then publishes once more is the same version of the same resource.
 */
export class Poller {
  readonly #polling: Polling;
  readonly #cursors: Map<string, Cursor>;
  #kept = Number.NEGATIVE_INFINITY;
  #changed = false;

  private constructor(polling: Polling, cursors: Map<string, Cursor>) {
    this.#polling = polling;
    this.#cursors = cursors;
  }

  /** @throws StreamsError `cursor-unfit` */
  static async from(polling: Polling): Promise<Poller> {
    return new Poller(polling, await polling.cursors.load());
  }

  /**
   * One round: all searches, one behind the other. Gives the number of resources that were published.
   * @throws StreamsError what trying again does not help with, or did not; what `signal` gives as its reason.
   */
  async round(signal: AbortSignal): Promise<number> {
    let published = 0;
    for (const search of this.#polling.searches)
      published += await this.#patiently(
        () => this.#search(search, signal),
        signal,
        (error) => !(error instanceof Expired),
      );
    return published;
  }

  async #search(search: string, signal: AbortSignal): Promise<number> {
    const { connection, clock, overlap } = this.#polling;
    const cursor = this.#cursors.get(search) ?? new Cursor();
    this.#cursors.set(search, cursor);
    let url = this.#addressOf(search, cursor);
    const visited = new Set<string>();
    let published = 0;
    let newest = cursor.newest;
    // What is changed while pages are read comes with its new time, and what was written meanwhile does not come at all.
    let asked: number | undefined;
    // A server may sort as it likes, and says what it did: then nothing is passed before the end.
    let sorted = true;
    for (;;) {
      if (visited.has(url))
        throw new StreamsError('fhir-search-unfit', 'The pages of the search go in a circle.');
      const at = url;
      const page = await this.#patiently(
        () => pageAt(connection, at, visited.size === 0, clock, signal),
        signal,
        (error) => error instanceof Expired,
      );
      visited.add(url);
      asked ??= page.asked;
      published += await this.#publish(page.found, cursor, signal);
      this.#polling.worked();
      sorted &&= (visited.size > 1 || isSorted(page)) && isAscending(page.found);
      for (const { lastUpdated } of page.found)
        if (lastUpdated !== undefined) newest = Math.max(newest ?? lastUpdated, lastUpdated);
      const last = page.next === undefined;
      if ((last || sorted) && newest !== undefined) cursor.moveTo(Math.min(newest, asked), overlap);
      await this.#keep(last);
      if (page.next === undefined) return published;
      url = nextAddress(page.next, url);
    }
  }

  async #publish(found: readonly Found[], cursor: Cursor, signal: AbortSignal): Promise<number> {
    const fresh = new Map(
      found.filter(({ version }) => !cursor.has(version)).map((one) => [one.version, one] as const),
    );
    const resources = [...fresh.values()].map(({ json }) => json);
    if (resources.length > 0) await this.#patiently(() => this.#polling.publish(resources), signal);
    for (const { version, lastUpdated } of fresh.values()) cursor.published(version, lastUpdated);
    this.#changed ||= fresh.size > 0;
    return fresh.size;
  }

  async #keep(now: boolean): Promise<void> {
    const time = this.#polling.clock.now();
    if (!this.#changed || (!now && time - this.#kept < KEEP_EVERY_MS)) return;
    await this.#polling.cursors.save(this.#cursors);
    this.#changed = false;
    this.#kept = time;
  }

  #addressOf(search: string, { newest }: Cursor): string {
    const { connection, since, overlap, pageSize } = this.#polling;
    const [type = '', ...more] = search.split('?');
    const parameters = new URLSearchParams(more.join('?'));
    const from = newest === undefined ? since : instant(newest - overlap);
    if (from !== undefined) parameters.set('_lastUpdated', `ge${isoOf(from)}`);
    parameters.set('_sort', '_lastUpdated');
    parameters.set('_count', String(pageSize));
    return `${connection.base}/${type}?${parameters.toString()}`;
  }

  /** Tries until it is done, as long as trying again can help. */
  async #patiently<R>(
    work: () => Promise<R>,
    signal: AbortSignal,
    hopeless: (error: StreamsError) => boolean = () => false,
  ): Promise<R> {
    const { clock, chance, tries, retrying } = this.#polling;
    for (let failures = 1; ; failures++) {
      try {
        signal.throwIfAborted();
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        if (!isStreamsError(error) || !error.retry || hopeless(error) || failures >= tries) throw error;
        retrying(error.code);
        const after = error instanceof Later ? error.after : undefined;
        await clock.sleep(pauseAfter(failures, chance(), after), signal);
      }
    }
  }
}

const isSorted = ({ self }: SearchPage): boolean => self?.includes('_sort=_lastUpdated') === true;

function isAscending(found: readonly Found[]): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const { lastUpdated } of found) {
    if (lastUpdated === undefined) continue;
    if (lastUpdated < last) return false;
    last = lastUpdated;
  }
  return true;
}
