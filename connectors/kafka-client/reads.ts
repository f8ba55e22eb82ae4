import type { KafkaRecord } from '../../topology/model/record.ts';
import type { TopicPartition } from '../../topology/ports/kafka-driver.ts';

/** Records that lie in the log together, packed, and are unpacked when their turn comes: unpacked they are many times as large. */
export interface RecordRun {
  /** No record of it stands before that offset. */
  readonly from: number;
  /** It holds no more than that. */
  readonly count: number;
  /** Unpacks them. @throws StreamsError `batch-corrupt`. */
  readonly records: () => readonly KafkaRecord[];
}

/** Records of a partition in offset order, and where to go on. */
export interface Read {
  readonly runs: readonly RecordRun[];
  readonly nextOffset: number;
  /** What may be read ended there when it was answered. */
  readonly end: number;
  readonly epoch: number;
  /** As they came, packed. */
  readonly bytes: number;
}

/** What came of a partition. */
export interface Fetched extends TopicPartition, Pick<Read, 'runs' | 'nextOffset' | 'end'> {}
