import { Pace } from '../../connectors/fhir-producer/pace.ts';
import { TokenBucket } from '../../connectors/fhir-producer/token-bucket.ts';
import type { FeedRecord } from '../../connectors/files/feed-record.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { eventTimeOf } from '../replay/event-time.ts';

export interface Pacing {
  /** Records for each second. */
  readonly rate: number | undefined;
  readonly speed: number | undefined;
}

/** When a record was: its arrival, else its event time; undefined when nothing tells. */
export const timeOf = ({ arrival, value }: FeedRecord): number | undefined =>
  arrival ?? (value === null ? undefined : eventTimeOf(value));

/** Hands records on when they are due, those that are due together as one; ends when the signal says so. */
export async function* paced(
  batches: AsyncIterable<readonly FeedRecord[]>,
  { rate, speed }: Pacing,
  signal: AbortSignal,
  clock: Clock = systemClock,
): AsyncGenerator<readonly FeedRecord[]> {
  const bucket = rate === undefined ? undefined : new TokenBucket(rate);
  const pace = speed === undefined ? undefined : new Pace(speed, clock.now());
  const most = bucket?.burst ?? Number.POSITIVE_INFINITY;
  const until = async (time: number): Promise<void> => {
    const wait = Math.ceil(time - clock.now());
    if (wait > 0) await clock.sleep(milliseconds(wait), signal);
  };
  for await (const batch of batches) {
    for (let from = 0; from < batch.length; ) {
      const to = pace === undefined ? batch.length : dueTogether(batch, from, pace, clock.now());
      if (to === undefined) {
        // The next one is not due: it is asked for again, and is then.
        await until(pace?.dueOf(undefined) ?? 0);
        if (signal.aborted) return;
        continue;
      }
      const chunk = batch.slice(from, Math.min(to, from + most));
      from += chunk.length;
      if (bucket !== undefined) await until(clock.now() + bucket.take(chunk.length, clock.now()));
      if (signal.aborted) return;
      yield chunk;
      if (signal.aborted) return;
    }
  }
}

/** Behind the last of those that are due; undefined when the first is not. */
function dueTogether(
  batch: readonly FeedRecord[],
  from: number,
  pace: Pace,
  now: number,
): number | undefined {
  let to = from;
  for (let record = batch[to]; record !== undefined; record = batch[++to])
    if (pace.dueOf(timeOf(record)) > now) break;
  return to === from ? undefined : to;
}
