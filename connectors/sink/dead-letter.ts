import { StreamsError } from '../../topology/model/errors.ts';
import type { Headers, KafkaRecord, OutgoingRecord } from '../../topology/model/record.ts';
import type { TopicPartition } from '../../topology/ports/kafka-driver.ts';

/** Where in a sink a record failed, in the words of Kafka Connect. */
export type Stage = 'VALUE_CONVERTER' | 'TRANSFORMATION' | 'TASK_PUT';

export interface Failure {
  readonly connector: string;
  readonly task: string;
  readonly stage: Stage;
  /** Code of the failure; never a text of somebody else, which may hold a patient. */
  readonly reason: string;
  readonly error: unknown;
}

const encoder = new TextEncoder();

/**
 * A record that a sink cannot carry out: key, value and headers as they were, and Kafka Connect's headers that say where
 * and why. A message is written only where it is one of ours.
 */
export function sinkDeadLetter(
  { key, value, headers, offset }: Pick<KafkaRecord, 'key' | 'value' | 'headers' | 'offset'>,
  { topic, partition }: TopicPartition,
  { connector, task, stage, reason, error }: Failure,
  timestamp: number,
): OutgoingRecord {
  const name = error instanceof Error ? error.name : typeof error;
  const texts: Readonly<Record<string, string>> = {
    topic,
    partition: String(partition),
    offset: String(offset),
    'connector.name': connector,
    'task.id': task,
    stage,
    'exception.class.name': error instanceof StreamsError ? `${name} ${error.code}` : name,
    'exception.message': reason,
    reason,
  };
  const all: Record<string, Uint8Array> = { ...(headers as Headers | undefined) };
  for (const [what, text] of Object.entries(texts)) all[`__connect.errors.${what}`] = encoder.encode(text);
  return { key, value, timestamp, headers: all };
}
