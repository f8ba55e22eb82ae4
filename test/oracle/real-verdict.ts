import { createHash } from 'node:crypto';
import type { Published } from '../../connectors/fhir-producer/publish-recording.ts';
import { headerText, type KafkaRecord } from '../../topology/model/record.ts';
import { difference } from './comparison.ts';
import type { Seen } from './real-reader.ts';

/** How two readers of a topic differ, by partition, in what they saw or in its order; '' when they do not. */
export function readersDiffer(got: Seen, want: Seen): string {
  const faults: string[] = [];
  for (const partition of new Set([...got.keys(), ...want.keys()])) {
    const [one = [], other = []] = [got.get(partition), want.get(partition)];
    const at = one.findIndex((line, i) => line !== other[i]);
    const first = at < 0 && one.length < other.length ? one.length : at;
    if (first >= 0)
      faults.push(
        `partition ${partition}, record ${first} of ${one.length} and ${other.length}: ${short(one[first])} instead of ${short(other[first])}`,
      );
  }
  return faults.join('\n');
}

const short = (line: string | undefined): string => line?.slice(0, 60) ?? 'nothing';

/** What a dead letter must be: of which record of which log, and that record's own bytes. */
interface DeadLetterLine {
  readonly place: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

const hash = (bytes: Uint8Array | null): string =>
  bytes === null ? 'null' : createHash('sha256').update(bytes).digest('hex').slice(0, 16);

/** How the dead letters differ from the records that should be dead letters, by place and bytes; '' when they do not. */
export function deadLettersDiffer(got: readonly KafkaRecord[], want: readonly DeadLetterLine[]): string {
  const found = got.map((record): DeadLetterLine => {
    const said = (name: string): string =>
      headerText(record.headers, `__streams.errors.${name}`) ?? 'nothing';
    return {
      place: `${said('topic')}/${said('partition')}/${said('offset')}`,
      key: record.key,
      value: record.value,
    };
  });
  return difference('dead letters', found, want, ({ place, key, value }) =>
    JSON.stringify({ place, key: hash(key), value: hash(value) }),
  );
}

/** What is expected of a published record that is to be refused. `key` is the one that it was published under. */
export const refused = (
  { topic, partition, offset, record }: Published,
  key: Uint8Array | null,
): DeadLetterLine => ({ place: `${topic}/${partition}/${offset}`, key, value: record.value });
