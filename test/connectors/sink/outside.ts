import { fraction, mostlySmall } from '../../../connectors/memory/simulation/chance.ts';
import type { SimulatedProcess } from '../../../connectors/memory/simulation/process.ts';
import type { VirtualTime } from '../../../connectors/memory/simulation/virtual-time.ts';
import type { SinkRecord } from '../../../connectors/sink/sink.ts';
import { nameOf } from './recording-sink.ts';

/** What the other side of a sink has taken, in the order in which it took it. */
export interface Taken {
  readonly key: string;
  /** `partition/offset` of the records that came together. */
  readonly records: readonly string[];
  /** Process that sent it. */
  readonly by: string;
  readonly at: number;
}

/** Ways in which a sink broke its word to the other side. */
export function disorders(taken: readonly Taken[]): string[] {
  const found: string[] = [];
  for (const [key, of] of Map.groupBy(taken, ({ key }) => key)) {
    let before: Taken | undefined;
    for (const one of of) {
      const fault = before === undefined ? undefined : disorderBetween(before, one);
      if (fault !== undefined) found.push(`${key}: ${fault}`);
      before = one;
    }
  }
  return found;
}

/** What comes next begins behind what came before, or is that once more. */
function disorderBetween(before: Taken, after: Taken): string | undefined {
  const begins = offsetOf(after.records[0]);
  if (begins > offsetOf(before.records.at(-1)) || begins === offsetOf(before.records[0])) return undefined;
  return `${after.records.join()} of ${after.by} after ${before.records.join()} of ${before.by}`;
}

const offsetOf = (record: string | undefined): number => Number(record?.split('/')[1]);

/** Records that came more often than once. */
export function repeated(taken: readonly Taken[]): string[] {
  const counts = Map.groupBy(
    taken.flatMap(({ records }) => records),
    (record) => record,
  );
  return [...counts].filter(([, of]) => of.length > 1).map(([record]) => record);
}

/** The other side of simulated processes. */
export class Outside {
  readonly taken: Taken[] = [];
  readonly #seed: number;
  readonly #time: VirtualTime;
  readonly #slow: number;
  #sends = 0;

  /** `slow`: share of sends whose answer takes longer than a rebalance waits. */
  constructor(seed: number, time: VirtualTime, slow: number) {
    this.#seed = seed;
    this.#time = time;
    this.#slow = slow;
  }

  /** A request leaves, and arrives whatever becomes of its process; the answer comes to one that lives. */
  send(
    process: SimulatedProcess,
    records: readonly SinkRecord<string>[],
    signal: AbortSignal,
  ): Promise<void> {
    const name = `send ${this.#sends++}`;
    const [first] = records;
    return new Promise((resolve, reject) => {
      if (process.dead || first === undefined) return;
      const stopped = (): void => reject(new Error('told to stop'));
      signal.addEventListener('abort', stopped);
      const slow = fraction(this.#seed, `${name} slow`) < this.#slow ? 1_500 : 0;
      this.#time.after(mostlySmall(this.#seed, `${name} there`, 0.5, 60), () => {
        this.taken.push({
          key: first.key,
          records: records.map(nameOf),
          by: process.name,
          at: this.#time.now,
        });
        this.#time.after(slow + mostlySmall(this.#seed, `${name} back`, 0.5, 60), () => {
          if (process.dead) return;
          signal.removeEventListener('abort', stopped);
          resolve();
        });
      });
    });
  }
}
