import type { Codec } from '../../topology/model/codec.ts';
import {
  CLINICAL_EVENT_KIND_SYMBOLS,
  type ClinicalEvent,
  clinicalEventSchema,
  type EncounterDetail,
  MEASUREMENT_KIND_SYMBOLS,
  type Measurement,
  RESOURCE_KIND_SYMBOLS,
  TIME_PRECISION_SYMBOLS,
  VERSION_RANK_SYMBOLS,
} from '../generated/clinical-event.ts';
import { type AvroCodecOptions, avroCodec } from './avro.ts';
import { AvroReader } from './avro-reader.ts';
import { sameLayout } from './avro-type.ts';
import { AvroWriter } from './avro-writer.ts';
import { references, vocabulary } from './recurring-strings.ts';
import { HEADER_LENGTH, schemaIdOf } from './wire-format.ts';

const numbered = (symbols: readonly string[]): ReadonlyMap<string, number> =>
  new Map(symbols.map((symbol, index) => [symbol, index]));

const KINDS = numbered(CLINICAL_EVENT_KIND_SYMBOLS);
const RESOURCES = numbered(RESOURCE_KIND_SYMBOLS);
const RANKS = numbered(VERSION_RANK_SYMBOLS);
const PRECISIONS = numbered(TIME_PRECISION_SYMBOLS);
const MEASURED = numbered(MEASUREMENT_KIND_SYMBOLS);

/**
 * ClinicalEvent in Avro, written by hand because every record passes it once each way. The bytes are those of avsc.
 * Records of an older or newer schema take the general codec, which resolves them.
 */
export function clinicalEventCodec(options: AvroCodecOptions): Codec<ClinicalEvent> {
  const general = avroCodec<ClinicalEvent>(clinicalEventSchema, options);
  // A version that differs in its docs alone has the same bytes under another id.
  const current = new Set([options.id]);
  for (const [id, schema] of options.writers ?? [])
    if (sameLayout(schema, clinicalEventSchema)) current.add(id);
  const writer = new AvroWriter('ClinicalEvent', options.id);
  const reader = new AvroReader();
  return Object.freeze({
    name: options.name,
    encode(event: ClinicalEvent): Uint8Array {
      writer.begin();
      writeEvent(writer, event);
      return writer.finish();
    },
    decode(bytes: Uint8Array): ClinicalEvent {
      if (!current.has(schemaIdOf(bytes))) return general.decode(bytes);
      reader.begin(bytes, HEADER_LENGTH);
      const event = readEvent(reader);
      reader.end();
      return event;
    },
    ...(general.learn && { learn: general.learn }),
  });
}

function writeEvent(out: AvroWriter, event: ClinicalEvent): void {
  out.record(event, '');
  out.symbol(event.kind, KINDS, 'kind');
  out.string(event.patient, 'patient');
  out.symbol(event.resourceType, RESOURCES, 'resourceType');
  out.string(event.resourceId, 'resourceId');
  out.symbol(event.versionRank, RANKS, 'versionRank');
  out.long(event.version, 'version');
  if (out.present(event.time)) out.long(event.time, 'time');
  out.symbol(event.timePrecision, PRECISIONS, 'timePrecision');
  if (out.present(event.localDate)) out.int(event.localDate, 'localDate');
  out.boolean(event.preliminary, 'preliminary');
  writeMeasurements(out, event.measurements);
  if (out.present(event.text)) out.string(event.text, 'text');
  if (out.present(event.encounter)) out.string(event.encounter, 'encounter');
  if (out.present(event.encounterDetail)) writeEncounterDetail(out, event.encounterDetail);
  const origin = event.origin;
  out.record(origin, 'origin');
  out.string(origin.topic, 'origin.topic');
  out.int(origin.partition, 'origin.partition');
  out.long(origin.offset, 'origin.offset');
  if (out.present(event.arrival)) out.long(event.arrival, 'arrival');
}

function writeMeasurements(out: AvroWriter, measurements: readonly Measurement[]): void {
  out.array(measurements, 'measurements');
  let index = 0;
  for (const measurement of measurements) {
    out.item(index++);
    out.record(measurement, 'measurements[]');
    out.symbol(measurement.kind, MEASURED, 'measurements[].kind');
    out.double(measurement.value, 'measurements[].value');
    out.boolean(measurement.unitAssumed, 'measurements[].unitAssumed');
    out.string(measurement.code, 'measurements[].code');
  }
  if (index > 0) out.endArray();
}

function writeEncounterDetail(out: AvroWriter, detail: EncounterDetail): void {
  out.record(detail, 'encounterDetail');
  if (out.present(detail.status)) out.string(detail.status, 'encounterDetail.status');
  if (out.present(detail.class)) out.string(detail.class, 'encounterDetail.class');
  if (out.present(detail.start)) out.long(detail.start, 'encounterDetail.start');
  if (out.present(detail.end)) out.long(detail.end, 'encounterDetail.end');
  if (out.present(detail.location)) out.string(detail.location, 'encounterDetail.location');
  if (out.present(detail.partOf)) out.string(detail.partOf, 'encounterDetail.partOf');
}

// The properties of a literal are evaluated in the order written, which is the order of the schema.

function readEvent(from: AvroReader): ClinicalEvent {
  return {
    kind: from.symbol(CLINICAL_EVENT_KIND_SYMBOLS),
    patient: from.interned(references),
    resourceType: from.symbol(RESOURCE_KIND_SYMBOLS),
    resourceId: from.string(),
    versionRank: from.symbol(VERSION_RANK_SYMBOLS),
    version: from.long(),
    time: from.present() ? from.long() : null,
    timePrecision: from.symbol(TIME_PRECISION_SYMBOLS),
    localDate: from.present() ? from.int() : null,
    preliminary: from.boolean(),
    measurements: readMeasurements(from),
    text: from.present() ? from.interned(vocabulary) : null,
    encounter: from.present() ? from.interned(references) : null,
    encounterDetail: from.present() ? readEncounterDetail(from) : null,
    origin: { topic: from.interned(vocabulary), partition: from.int(), offset: from.long() },
    arrival: from.present() ? from.long() : null,
  };
}

function readMeasurements(from: AvroReader): Measurement[] {
  let measurements: Measurement[] | undefined;
  for (let left = from.block(); left > 0; left = from.block()) {
    for (; left > 0; left--) {
      const measurement: Measurement = {
        kind: from.symbol(MEASUREMENT_KIND_SYMBOLS),
        value: from.double(),
        unitAssumed: from.boolean(),
        code: from.interned(vocabulary),
      };
      // Most events have one; an empty array that is pushed to takes the room of seventeen.
      if (measurements === undefined) measurements = [measurement];
      else measurements.push(measurement);
    }
  }
  return measurements ?? [];
}

function readEncounterDetail(from: AvroReader): EncounterDetail {
  return {
    status: from.present() ? from.interned(vocabulary) : null,
    class: from.present() ? from.interned(vocabulary) : null,
    start: from.present() ? from.long() : null,
    end: from.present() ? from.long() : null,
    location: from.present() ? from.interned(vocabulary) : null,
    partOf: from.present() ? from.interned(references) : null,
  };
}
