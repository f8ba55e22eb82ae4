import { link } from './checksum-topology.ts';
import type { Log, Logged } from './scenario.ts';

const byKey = (log: Log): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...Map.groupBy(log.flat(), ({ key }: Logged) => key)].map(([key, of]) => [
      key,
      of.map(({ value }) => value),
    ]),
  );

/**
 * What is wrong with the chains: a link that is not the one that follows, one too many, or a key whose last values
 * never came out (an orphan).
 */
export function chainFaults(input: Log, output: Log): string[] {
  const found: string[] = [];
  const [sent, got] = [byKey(input), byKey(output)];
  for (const key of new Set([...sent.keys(), ...got.keys()])) {
    const values = sent.get(key) ?? [];
    const links = got.get(key) ?? [];
    let chain = '';
    const wanted = values.map((value, i) => `${i + 1} ${(chain = link(chain, value))}`);
    const wrong = links.findIndex((each, i) => each !== wanted[i]);
    if (wrong >= 0) found.push(`key ${key}: link ${wrong + 1} is not the next of its chain`);
    else if (links.length < wanted.length)
      found.push(`key ${key} is an orphan: ${wanted.length} values, ${links.length} links`);
  }
  return found;
}

/** Sees partitions whose committed offset stands although there is input. Times are milliseconds. */
export class StallWatch {
  readonly #limit: number;
  readonly #since = new Map<string, { readonly offset: number; readonly at: number }>();
  readonly #stalled = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  look(now: number, partition: string, committed: number, end: number): void {
    const since = this.#since.get(partition);
    if (since === undefined || since.offset !== committed || committed >= end)
      this.#since.set(partition, { offset: committed, at: now });
    else if (now - since.at > this.#limit) this.#stalled.add(partition);
  }

  get stalled(): readonly string[] {
    return [...this.#stalled].toSorted();
  }
}
