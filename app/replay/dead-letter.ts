import { readOrigin } from '../../operators/decode-fhir.ts';
import type { Codecs } from '../../schemas/codecs/bind.ts';
import { headerText, type KafkaRecord, type Position } from '../../topology/model/record.ts';
import { ERROR_HEADERS } from '../../topology/runtime/dead-letter-record.ts';
import type { Sources } from './sources.ts';

/** A record that the topology refused, and where it stands in the input. */
export interface ReplayedDeadLetter {
  readonly fileIndex: number;
  readonly offset: number;
  readonly reason: string;
  /** The line of `dead-letters.jsonl`. */
  readonly line: string;
}

/**
 * Reads a record of the dead-letter topic. One that was refused as FHIR still has the header that it was fed with; one
 * that was refused later is a ClinicalEvent, which says where its resource came from.
 */
export function replayedDeadLetter(
  record: KafkaRecord,
  sources: Sources,
  codecs: Codecs,
): ReplayedDeadLetter {
  const origin = readOrigin(record.headers) ?? originOfEvent(record, codecs);
  const { fileIndex, file, topic, partition } = sources.placeOf(origin);
  const reason = headerText(record.headers, ERROR_HEADERS.reason) ?? '';
  const detail = headerText(record.headers, ERROR_HEADERS.message) ?? '';
  const { offset } = origin;
  const line = JSON.stringify({ file, topic, partition, offset, reason, detail });
  return { fileIndex, offset, reason, line };
}

function originOfEvent({ value }: KafkaRecord, codecs: Codecs): Position {
  if (value === null) throw new TypeError('a dead letter without an origin');
  return codecs.clinicalEvent.decode(value).origin;
}
