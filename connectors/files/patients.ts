import type { FeedRecord } from './feed-record.ts';
import { type FileProgress, feedStatistics } from './feed-statistics.ts';
import { fileRecords } from './file-records.ts';
import { unreadable } from './input-error.ts';

/**
 * Reads Patient resources (NDJSON or a Bundle, plain or gzip) into a map from `<system>|<value>` of each identifier to
 * the bare patient id; an identifier without a system has an empty one. Resources of other types are passed over.
 * @throws StreamsError `input-unreadable`, naming the line and never the identifier: a line that is no resource, a
 * Patient without an id, two patients with one identifier, no Patient at all.
 */
export async function patients(file: string): Promise<Map<string, string>> {
  const statistics = feedStatistics([file]);
  const [progress] = statistics.files;
  const ids = new Map<string, string>();
  if (progress === undefined) return ids;
  let found = 0;
  for await (const batch of fileRecords(progress, statistics)) {
    for (const record of batch) {
      const resource = resourceOf(record, progress);
      if (resource['resourceType'] !== 'Patient') continue;
      found++;
      addIdentifiers(resource, ids, record, progress);
    }
  }
  if (found === 0) throw unreadable(file, 'it holds no Patient resource');
  return ids;
}

type Json = Readonly<Record<string, unknown>>;

const DECODER = new TextDecoder('utf-8', { fatal: true });

function resourceOf({ value, ...record }: FeedRecord, progress: FileProgress): Json {
  try {
    const parsed: unknown = JSON.parse(DECODER.decode(value ?? new Uint8Array()));
    if (isObject(parsed) && typeof parsed['resourceType'] === 'string') return parsed;
  } catch {
    // What the parser says may quote the line.
  }
  throw unreadable(record.file, `${placeOf(record, progress)} is not a FHIR resource`);
}

function addIdentifiers(
  patient: Json,
  ids: Map<string, string>,
  record: FeedRecord,
  progress: FileProgress,
): void {
  const { id, identifier } = patient;
  if (typeof id !== 'string' || id === '') {
    throw unreadable(record.file, `the Patient at ${placeOf(record, progress)} has no id`);
  }
  for (const { system = '', value } of Array.isArray(identifier) ? identifier.filter(isObject) : []) {
    if (typeof value !== 'string' || typeof system !== 'string') continue;
    const name = `${system}|${value}`;
    const known = ids.get(name);
    if (known !== undefined && known !== id) {
      const why = `the Patient at ${placeOf(record, progress)} has an identifier that an earlier one with another id has`;
      throw unreadable(record.file, why);
    }
    ids.set(name, id);
  }
}

const placeOf = ({ offset }: Pick<FeedRecord, 'offset'>, { entries }: FileProgress): string =>
  entries ? `entry ${offset + 1} of the Bundle` : `line ${offset + 1}`;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
