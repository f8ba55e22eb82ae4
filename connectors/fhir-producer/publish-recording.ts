import { ARRIVAL_HEADER } from '../../schemas/topics.ts';
import type { OutgoingRecord, Position } from '../../topology/model/record.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { KafkaDriver, ProducerPort } from '../../topology/ports/kafka-driver.ts';
import type { FeedRecord } from '../files/feed-record.ts';

/** A record of a recording, and where it stands now. */
export interface Published extends Position {
  readonly record: FeedRecord;
}

export interface PublishOptions {
  readonly driver: Pick<KafkaDriver, 'producer'>;
  /** Stamps the records: a broker lets go of what is old, and times in a recording may be of any century. */
  readonly clock: Clock;
  /** Key in place of the recorded one, which decides the partition; records of one key keep their order. */
  readonly keyOf?: (record: FeedRecord) => Uint8Array | null;
}

/**
 * Plays a recording onto the topics that its records are routed to, and gives, batch by batch, where they stand. A batch
 * goes out topic by topic side by side, and the next one when all of it is acknowledged: so each partition has the order
 * of the recording, and no record waits for another one's answer. When the arrival is known it goes along as header.
 * @throws StreamsError what the driver's producer throws; of the batch that was on its way any part may be there.
 */
export async function* publishRecording(
  batches: AsyncIterable<readonly FeedRecord[]> | Iterable<readonly FeedRecord[]>,
  { driver, clock, keyOf = ({ key }) => key }: PublishOptions,
): AsyncGenerator<readonly Published[]> {
  const producer = driver.producer();
  try {
    for await (const batch of batches) {
      const timestamp = clock.now();
      const byTopic = Map.groupBy(batch, ({ target }) => target);
      const sends = [...byTopic].map(([topic, records]) => {
        const recorded = new Map(
          records.map((record) => [outgoing(record, keyOf(record), timestamp), record]),
        );
        return send(producer, topic, recorded);
      });
      yield (await Promise.all(sends)).flat();
    }
  } finally {
    await producer.close();
  }
}

async function send(
  producer: ProducerPort,
  topic: string,
  recorded: ReadonlyMap<OutgoingRecord, FeedRecord>,
): Promise<Published[]> {
  const runs = await producer.send(topic, [...recorded.keys()]);
  return runs.flatMap(({ partition, offset, records }) =>
    records.map((one, i) => ({
      topic,
      partition,
      offset: offset + i,
      record: recorded.get(one) as FeedRecord,
    })),
  );
}

function outgoing({ value, arrival }: FeedRecord, key: Uint8Array | null, timestamp: number): OutgoingRecord {
  const record = { key, value, timestamp };
  return arrival === undefined
    ? record
    : { ...record, headers: { [ARRIVAL_HEADER]: Buffer.from(String(Math.floor(arrival))) } };
}
