import type { Delivery, Lane, Opened, Sink, SinkRecord } from '../../../connectors/sink/sink.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import type { TopicPartition } from '../../../topology/ports/kafka-driver.ts';

export const DONE = 'done';

const encoder = new TextEncoder();

export interface RecordingSinkSettings {
  /** Sends to the other side; resolves when that accepted it, and throws when `signal` aborts before. */
  readonly send: (records: readonly SinkRecord<string>[], signal: AbortSignal) => Promise<void>;
  /** How many to take of a lane, or all. */
  readonly most?: (lane: Lane<string>) => number;
  /** Awaited before anything is taken. */
  readonly before?: (lane: Lane<string>, signal: AbortSignal) => Promise<void>;
  readonly opened?: (at: TopicPartition, opened: Opened) => void;
}

export const nameOf = ({ partition, offset }: SinkRecord<string>): string => `${partition}/${offset}`;

/**
 * Writes for each record that the other side accepted a record to `done`. A value `bug` makes it throw, and one `refuse` is
 * refused by the other side.
 */
export class RecordingSink implements Sink<string> {
  readonly name = 'recording';
  /** Partitions that are open, as often as they are. */
  readonly open_: string[] = [];
  readonly #settings: RecordingSinkSettings;

  constructor(settings: RecordingSinkSettings) {
    this.#settings = settings;
  }

  open(at: TopicPartition, _signal: AbortSignal, opened: Opened): Promise<void> {
    this.open_.push(`${at.partition}`);
    this.#settings.opened?.(at, opened);
    return Promise.resolve();
  }

  close(at: TopicPartition): void {
    const index = this.open_.indexOf(`${at.partition}`);
    if (index < 0) throw new Error(`${at.partition} is closed, and was not open.`);
    this.open_.splice(index, 1);
  }

  async deliver(lane: Lane<string>, signal: AbortSignal): Promise<Delivery<string>> {
    const { send, most, before } = this.#settings;
    await before?.(lane, signal);
    const records = lane.take(most?.(lane));
    if (records.some(({ value }) => value === 'bug'))
      throw new Error(`A bug, and ${lane.key} is in its text.`);
    const refused = records
      .filter(({ value }) => value === 'refuse')
      .map((record) => ({ record, reason: 'other-side-refused' }));
    const good = records.filter(({ value }) => value !== 'refuse');
    if (good.length > 0) await send(good, signal);
    const outputs = good.map((record): [string, OutgoingRecord] => [
      DONE,
      { key: encoder.encode(lane.key), value: encoder.encode(nameOf(record)), timestamp: 0 },
    ]);
    return { outputs, refused };
  }
}
