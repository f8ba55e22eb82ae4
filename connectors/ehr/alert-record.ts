import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { SinkRecord } from '../sink/sink.ts';
import type { RecordMark } from './record-mark.ts';

export type AlertRecord = SinkRecord<SepsisAlert>;

export const markOf = ({ topic, partition, offset, value }: AlertRecord): RecordMark => ({
  topic,
  partition,
  offset,
  made: value.processingTime,
});
