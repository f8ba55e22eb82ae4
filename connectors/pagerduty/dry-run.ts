import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { isStreamsError } from '../../topology/model/errors.ts';
import { instant, isoOf } from '../../topology/model/time.ts';
import type { Topic } from '../../topology/model/topic.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { Batch, KafkaDriver, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { beginningOf, type From } from '../sink/beginning.ts';
import { decide } from './decide.ts';
import type { Decided } from './decided.ts';
import { type PageContent, type PageEvent, resolveEvent, triggerEvent } from './event.ts';
import type { PagePolicy } from './page-policy.ts';
import type { PatientPages } from './patient-pages.ts';

export interface DryRunSettings {
  readonly driver: KafkaDriver;
  readonly clock: Clock;
  readonly topic: Topic<SepsisAlert>;
  readonly from: From | undefined;
  readonly policy: PagePolicy;
  readonly content: PageContent;
  readonly aliasOf: (alert: SepsisAlert) => string;
}

/** What would have been done, a line each: an event and its route, or why nobody was told. Names no patient. */
export type DryLine =
  | { readonly time: string; readonly route: string; readonly reason: string; readonly event: PageEvent }
  | { readonly time: string; readonly alert: string; readonly suppressed: string }
  | { readonly time: string; readonly unreadable: string };

/**
 * Decides about what the topic holds as if each record had been carried out the moment that it was written, and tells what would
 * have been sent. Sends nothing and writes nothing. Partitions one after the other, each in its order.
 */
export async function* dryRun(settings: DryRunSettings, partitions: number): AsyncGenerator<DryLine> {
  for (let partition = 0; partition < partitions; partition++)
    yield* ofPartition({ topic: settings.topic.name, partition }, settings);
}

async function* ofPartition(at: TopicPartition, settings: DryRunSettings): AsyncGenerator<DryLine> {
  const { driver, topic, from, policy, content, aliasOf } = settings;
  const { end } = await driver.admin().offsets(at);
  const batches: Batch[] = [];
  await driver.read(
    at,
    await beginningOf(at, undefined, from, settings),
    end,
    (batch) => void batches.push(batch),
  );
  const patients = new Map<string, PatientPages>();
  for (const { offset, timestamp, value: bytes } of batches.flatMap(({ records }) => records)) {
    const time = isoOf(instant(timestamp));
    if (bytes === null) continue;
    const alert = await read(topic, bytes);
    if (typeof alert === 'string') {
      yield { time, unreadable: alert };
      continue;
    }
    const record = { ...at, offset, timestamp, key: alert.patient, value: alert };
    const then = { policy, now: instant(timestamp), began: undefined, aliasOf };
    const decided = decide(patients.get(alert.patient), [record], then);
    patients.set(alert.patient, decided.next);
    yield* linesOf(decided, time, content);
  }
}

function* linesOf({ actions, suppressed }: Decided, time: string, content: PageContent): Generator<DryLine> {
  for (const action of actions) {
    const event = action.kind === 'trigger' ? triggerEvent(action, content) : resolveEvent(action);
    yield { time, route: action.alias, reason: action.reason, event };
  }
  for (const { reason, record } of suppressed)
    yield { time, alert: record.value.alertId, suppressed: reason };
}

/** The alert, or the code of what is wrong with it. */
async function read({ value }: Topic<SepsisAlert>, bytes: Uint8Array): Promise<SepsisAlert | string> {
  for (let learnt = false; ; learnt = true) {
    try {
      return value.decode(bytes);
    } catch (error) {
      const code = isStreamsError(error) ? error.code : 'unreadable';
      if (code !== 'schema-not-read' || learnt || value.learn === undefined) return code;
    }
    await value.learn(bytes);
  }
}
