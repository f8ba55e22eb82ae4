import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Offered } from './shape.ts';

/** Why something was not published, and where in its input it stands. */
export interface Refused {
  readonly reason: string;
  /** The path and the rule, never contents. */
  readonly detail: string;
  /** Number of the line or of the entry, from 1; undefined where nothing is counted. */
  readonly place: number | undefined;
}

/** Of key and value: the topic of dead letters takes batches of 2 MiB. */
const MOST_BYTES = 2_000_000;

/**
 * Something that cannot be published: key and value as they came, and Kafka Connect's headers that say why. The name of its file
 * is not told: files are named after patients. A value that no topic takes, or a key beside it, is left out, and its length is told.
 */
export function publishDeadLetter(
  { key = null, value }: Offered,
  { reason, detail, place }: Refused,
  timestamp: number,
): OutgoingRecord {
  const kept = value === null || value.length <= MOST_BYTES ? value : null;
  const keptKey = key === null || key.length + (kept?.length ?? 0) <= MOST_BYTES ? key : null;
  const texts: Readonly<Record<string, string>> = {
    'connector.name': 'publish',
    stage: 'VALUE_CONVERTER',
    'exception.class.name': 'DeadLetter',
    'exception.message': detail,
    reason,
    ...(place === undefined ? {} : { line: String(place) }),
    ...(kept === value ? {} : { 'value.bytes': String(value?.length) }),
    ...(keptKey === key ? {} : { 'key.bytes': String(key?.length) }),
  };
  const headers = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [`__connect.errors.${name}`, Buffer.from(text)]),
  );
  return { key: keptKey, value: kept, timestamp, headers };
}
