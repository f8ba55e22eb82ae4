import type { OperatorFunction } from 'rxjs';
import { map } from 'rxjs/internal/operators/map';
import { readResource } from '../schemas/fhir/read-resource.ts';
import type { FhirResource } from '../schemas/fhir/resource.ts';
import { instantMs } from '../schemas/fhir/time.ts';
import { ARRIVAL_HEADER } from '../schemas/topics.ts';
import { DeadLetter } from '../topology/model/outcome.ts';
import { type Headers, headerText, type Position, type SourceRecord } from '../topology/model/record.ts';
import type { Duration } from '../topology/model/time.ts';

/** A resource as far as the rule needs it, with where it came from and when it arrived. */
export interface FhirRecord {
  readonly resource: FhirResource;
  readonly origin: Position;
  /** Epoch milliseconds; undefined when nothing tells, and then nothing can be "in the future". */
  readonly arrival: number | undefined;
}

export interface DecodeFhir {
  /** Bytes; a larger value becomes a dead letter `too-large`. */
  readonly maxFhirBytes: number;
  /**
   * Whether the broker's record timestamp may stand for the arrival when neither the header nor `issued` does.
   * In a replay it is the time of the replay, so it may not.
   */
  readonly trustTimestamp: boolean;
  /** An `issued` that lies further than this behind the broker's own time comes from a wrong clock and tells nothing. */
  readonly futureClamp: Duration;
  /**
   * Whether the header `sepsis-origin` stands for the record's own position. A replay sets it, so that alerts and dead
   * letters name places in the recording; elsewhere anyone who may write to the topic could, and it is ignored.
   */
  readonly trustOrigin?: boolean;
}

/** Header that carries where a replayed record stands in its recording: `topic/partition/offset`. */
export const ORIGIN_HEADER = 'sepsis-origin';

/**
 * Bytes to a FHIR resource, or a dead letter that says what is wrong and where: `too-large`, `not-utf8`,
 * `not-json`, `not-fhir`. Accepts the bare resource and the envelope of the seed's producer.
 */
export function decodeFhir(
  options: DecodeFhir,
): OperatorFunction<SourceRecord<Uint8Array>, FhirRecord | DeadLetter> {
  return map((record) => {
    if (record.value === null) return new DeadLetter('not-json', 'the record has no value (a tombstone)');
    const resource = readResource(record.value, options.maxFhirBytes);
    if ('reason' in resource) return new DeadLetter(resource.reason, resource.detail);
    return {
      resource,
      origin: originOf(record, options.trustOrigin === true),
      arrival: arrivalOf(record, resource, options),
    };
  });
}

function originOf({ topic, partition, offset, headers }: SourceRecord<unknown>, trusted: boolean): Position {
  return (trusted ? readOrigin(headers) : undefined) ?? { topic, partition, offset };
}

/** The position that `sepsis-origin` says; undefined when it says none. */
export function readOrigin(headers: Headers | undefined): Position | undefined {
  const [, topic, partition, offset] =
    /^([^/]+)\/(\d{1,10})\/(\d{1,16})$/.exec(headerText(headers, ORIGIN_HEADER) ?? '') ?? [];
  return topic === undefined ? undefined : { topic, partition: Number(partition), offset: Number(offset) };
}

function arrivalOf(
  record: SourceRecord<unknown>,
  resource: FhirResource,
  { trustTimestamp, futureClamp }: DecodeFhir,
): number | undefined {
  if (record.headers !== undefined) {
    const header = headerText(record.headers, ARRIVAL_HEADER);
    if (header !== undefined && /^-?\d{1,16}$/.test(header)) return Number(header);
  }
  if (resource.issued !== undefined) {
    const issued = instantMs(resource.issued);
    // A device whose clock runs ahead states times and `issued` alike: believed, it would move the patient's time into
    // the future, and make all that comes after late. A timestamp of zero is none.
    const wrong = trustTimestamp && record.timestamp > 0 && issued > record.timestamp + futureClamp;
    if (!Number.isNaN(issued) && !wrong) return issued;
  }
  return trustTimestamp ? record.timestamp : undefined;
}
