import { isStreamsError } from '../model/errors.ts';
import type { DeadLetter } from '../model/outcome.ts';
import type { Headers, KafkaRecord, OutgoingRecord, Position } from '../model/record.ts';

/**
 * Header names of a dead letter: Kafka Streams' own (KIP-1034), and two more, since an exception's name says too
 * little. Key, value and headers of the record stay as they were received.
 */
export const ERROR_HEADERS = {
  exception: '__streams.errors.exception',
  message: '__streams.errors.message',
  topic: '__streams.errors.topic',
  partition: '__streams.errors.partition',
  offset: '__streams.errors.offset',
  /** Reason code of the dead letter. */
  reason: '__streams.errors.reason',
  /** Name of the step that refused the record. */
  step: '__streams.errors.step',
} as const;

const encoder = new TextEncoder();

export function deadLetterRecord(
  record: KafkaRecord,
  at: Position,
  step: string,
  letter: DeadLetter,
  timestamp: number,
): OutgoingRecord {
  const texts: Record<string, string> = {
    [ERROR_HEADERS.exception]: 'DeadLetter',
    [ERROR_HEADERS.message]: letter.detail,
    [ERROR_HEADERS.topic]: at.topic,
    [ERROR_HEADERS.partition]: String(at.partition),
    [ERROR_HEADERS.offset]: String(at.offset),
    [ERROR_HEADERS.reason]: letter.reason,
    [ERROR_HEADERS.step]: step,
    ...letter.headers,
  };
  const headers: Record<string, Uint8Array> = { ...(record.headers as Headers | undefined) };
  for (const [name, text] of Object.entries(texts)) headers[name] = encoder.encode(text);
  return { key: record.key, value: record.value, timestamp, headers };
}

/** What may be said of an error in a header: its code or its kind. Its message may hold patient data, so never that. */
export function nameOf(error: unknown): string {
  if (isStreamsError(error)) return `${error.name} ${error.code}`;
  return error instanceof Error ? error.name : typeof error;
}

/** The code of an error of the table, or what kind of thing another one is. */
export const codeOf = (error: unknown): string => (isStreamsError(error) ? error.code : nameOf(error));

const OF_CODECS: ReadonlySet<string> = new Set(['avro-unreadable', 'unknown-schema', 'value-does-not-fit']);

/** Reason code of a codec's error; anything else that a codec or a step throws is a fault of the step. */
export function reasonOf(error: unknown): string {
  return isStreamsError(error) && OF_CODECS.has(error.code) ? error.code : 'step-failed';
}
