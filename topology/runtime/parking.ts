import { type Duration, milliseconds } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';
import { type ConsumerPort, partitionKey, type TopicPartition } from '../ports/kafka-driver.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { pauseAfter } from './back-off.ts';
import { codeOf } from './dead-letter-record.ts';
import type { Unread } from './unread.ts';

export interface ParkingSettings {
  readonly consumer: ConsumerPort;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Once it is clear that nobody answers, there is no hurry. */
const PATIENT = 10;
const LONGEST: Duration = milliseconds(10_000);

/** Partitions whose next record cannot be read yet. Nothing more is read of them until it can; the others go on. */
export class Parking {
  readonly #settings: ParkingSettings;
  readonly #parked = new Map<string, Unread>();

  constructor(settings: ParkingSettings) {
    this.#settings = settings;
  }

  /** What was polled of a partition before it was parked is not for now. */
  has(at: TopicPartition): boolean {
    return this.#parked.size > 0 && this.#parked.has(partitionKey(at));
  }

  park(at: TopicPartition, unread: Unread): void {
    this.#parked.set(partitionKey(at), unread);
    this.#settings.consumer.pause(at);
    void this.#learn(at, unread);
  }

  /** All positions are set anew: what was parked shows again. */
  clear(): void {
    for (const key of this.#parked.keys()) {
      const slash = key.lastIndexOf('/');
      this.#settings.telemetry.unparked?.(key.slice(0, slash), Number(key.slice(slash + 1)));
    }
    this.#parked.clear();
  }

  /** Tries until it has learnt, whatever goes wrong: a registry that refuses today may be asked with a better word tomorrow. */
  async #learn({ topic, partition }: TopicPartition, unread: Unread): Promise<void> {
    const { clock, consumer, telemetry } = this.#settings;
    const key = partitionKey({ topic, partition });
    const wanted = (): boolean => this.#parked.get(key) === unread;
    for (let failures = 0; wanted(); ) {
      try {
        await unread.learn();
        break;
      } catch (error) {
        const code = codeOf(error);
        if (failures === 0) telemetry.parked?.(topic, partition, code);
        await clock.sleep(++failures > PATIENT ? LONGEST : pauseAfter(failures));
      }
    }
    if (!wanted()) return;
    this.#parked.delete(key);
    telemetry.unparked?.(topic, partition);
    consumer.seek({ topic, partition }, unread.offset);
  }
}
