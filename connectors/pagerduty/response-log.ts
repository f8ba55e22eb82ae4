import { TOPIC } from '../../schemas/topics.ts';
import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import { type Duration, milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { KafkaDriver, ProducerPort } from '../../topology/ports/kafka-driver.ts';
import type { Response } from './respond.ts';

/** All instances read all of it: one partition is enough for what people do. */
const AT = { topic: TOPIC.pageResponses, partition: 0 };
const EVERY: Duration = milliseconds(1_000);
/** PagerDuty waits five seconds for an answer, and sends again when there is none. */
const LONGEST: Duration = milliseconds(4_000);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What people did with pages, for all instances: a webhook comes to any of them, and a patient is another's. */
export class ResponseLog {
  readonly #driver: KafkaDriver;
  readonly #clock: Clock;
  readonly #producer: ProducerPort;

  constructor(driver: KafkaDriver, clock: Clock) {
    this.#driver = driver;
    this.#clock = clock;
    this.#producer = driver.producer();
  }

  /** Resolves when it is kept. @throws StreamsError when it is not known to be. */
  async append({ key, kind, at }: Response): Promise<void> {
    const value = encoder.encode(JSON.stringify({ version: 1, key, kind, at }));
    const record = { partition: AT.partition, key: encoder.encode(key), value, timestamp: this.#clock.now() };
    const late = this.#clock.sleep(LONGEST).then(() => {
      throw new StreamsError('request-timed-out', `Nothing was heard of a record for ${AT.topic}.`);
    });
    await Promise.race([this.#producer.send(AT.topic, [record]), late]);
  }

  /** Tells everything that is in the log, and then what comes, until `signal` aborts. */
  async follow(
    tell: (response: Response) => void,
    signal: AbortSignal,
    retrying: (code: string) => void,
  ): Promise<void> {
    for (let next = 0; !signal.aborted; await this.#clock.sleep(EVERY, signal)) {
      try {
        const { start, end } = await this.#driver.admin().offsets(AT);
        next = Math.max(start, Math.min(next, end));
        await this.#driver.read(AT, next, end, ({ records, nextOffset }) => {
          for (const { value } of records) {
            const response = value === null ? undefined : readResponse(value);
            if (response !== undefined) tell(response);
          }
          next = nextOffset;
        });
        next = end;
      } catch (error) {
        retrying(isStreamsError(error) ? error.code : 'unexpected');
      }
    }
  }
}

/** Undefined when it is none of this version. */
function readResponse(bytes: Uint8Array): Response | undefined {
  try {
    const said: unknown = JSON.parse(decoder.decode(bytes));
    if (typeof said !== 'object' || said === null || !('kind' in said) || !('key' in said) || !('at' in said))
      return undefined;
    const { key, kind, at } = said;
    if (typeof key !== 'string' || typeof at !== 'number') return undefined;
    return kind === 'acknowledged' || kind === 'resolved' ? { key, kind, at } : undefined;
  } catch {
    return undefined;
  }
}
