import { readResource } from '../../schemas/fhir/read-resource.ts';
import { type FhirResource, Unreadable } from '../../schemas/fhir/resource.ts';
import { instantMs } from '../../schemas/fhir/time.ts';
import { behindFirst, bundleResources, isBundle } from './bundle.ts';
import type { FeedRecord } from './feed-record.ts';
import type { FeedStatistics, FileProgress } from './feed-statistics.ts';
import { member, textOf } from './json-spans.ts';
import { type Recording, recordingOf } from './recording.ts';
import { INPUT_TOPICS, JUDGED_IN, topicOf } from './routing.ts';

/** Turns the lines of one file, or the one document in it, into records. */
export class RecordReader {
  readonly #progress: FileProgress;
  readonly #statistics: FeedStatistics;
  #entries = 0;

  constructor(progress: FileProgress, statistics: FeedStatistics) {
    this.#progress = progress;
    this.#statistics = statistics;
  }

  /**
   * Appends the records of one JSON text to `out`: one of a recording, a resource or an envelope, and of what cannot
   * be read (the topology says why); of a Bundle one for each resource, and then of what stands behind it in the same text.
   * `number`: of its line in the file, from 0.
   */
  read(json: Buffer, number: number, out: FeedRecord[]): void {
    const recording = recordingOf(json);
    if (recording !== undefined) {
      out.push(this.#recorded(recording, number));
      return;
    }
    const resource = readable(json);
    // What is read of an envelope is the resource in it: a Bundle there has no entries that stand in the line itself.
    const bundle = (resource === undefined || resource.resourceType === 'Bundle') && isBundle(json);
    if (bundle) this.#bundles(json, out);
    else out.push(this.#routed(json, resource, number));
  }

  /** Bundles are put behind one another with no line of their own, as by `cat` of files of many lines. */
  #bundles(json: Buffer, out: FeedRecord[]): void {
    let rest = json;
    do {
      this.#bundle(rest, out);
      rest = behindFirst(rest);
    } while (isBundle(rest));
    if (rest.length > 0) out.push(this.#routed(rest, readable(rest), this.#entries++));
  }

  #recorded(recording: Recording, number: number): FeedRecord {
    const { topic, partition, key, value } = recording;
    // Most recordings say all that is needed; their values are read only where something is missing.
    const asks = !INPUT_TOPICS.has(topic) || recording.arrival === undefined || !this.#progress.fhir;
    const json = value === null ? undefined : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const resource = asks && json !== undefined ? readable(json) : undefined;
    if (json !== undefined && asks) this.#saw(json, resource);
    const routed = resource === undefined || json === undefined ? null : topicOf(resource, json);
    return {
      file: this.#progress.file,
      topic,
      partition,
      offset: recording.offset ?? number,
      line: number,
      arrival: recording.arrival ?? issuedOf(resource),
      key,
      value,
      target: INPUT_TOPICS.has(topic) ? topic : (routed ?? JUDGED_IN),
    };
  }

  #bundle(json: Buffer, out: FeedRecord[]): void {
    this.#progress.entries = true;
    this.#sawFhir();
    // Several Bundles in one file: their entries are counted through, so that an offset names one record.
    const before = this.#entries;
    for (const { index, json: entry } of bundleResources(json)) {
      out.push(this.#routed(entry, readable(entry), before + index));
      this.#entries = before + index + 1;
    }
  }

  #routed(json: Buffer, resource: FhirResource | undefined, offset: number): FeedRecord {
    this.#saw(json, resource);
    const topic = resource === undefined ? null : topicOf(resource, json);
    const reference = resource?.subject?.reference;
    return {
      file: this.#progress.file,
      topic,
      partition: 0,
      offset,
      arrival: issuedOf(resource),
      key: reference === undefined ? null : Buffer.from(reference),
      value: json,
      target: topic ?? JUDGED_IN,
    };
  }

  #saw(json: Buffer, resource: FhirResource | undefined): void {
    // What is too large to be read is still FHIR: the input is the right one, and the record is named.
    if (!this.#progress.fhir && (resource !== undefined || claimsType(json))) this.#sawFhir();
  }

  #sawFhir(): void {
    this.#progress.fhir = true;
    this.#statistics.fhir = true;
  }
}

function readable(json: Buffer): FhirResource | undefined {
  const read = readResource(json);
  return read instanceof Unreadable ? undefined : read;
}

function claimsType(json: Buffer): boolean {
  const type = member(json, 'resourceType');
  return type !== undefined && textOf(type, 0, type.length) !== undefined;
}

function issuedOf(resource: FhirResource | undefined): number | undefined {
  if (resource?.issued === undefined) return undefined;
  const time = instantMs(resource.issued);
  return Number.isNaN(time) ? undefined : time;
}
