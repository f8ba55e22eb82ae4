import { PatientShifts } from '../../connectors/fhir-producer/patient-shifts.ts';
import type { Shaping } from '../../connectors/fhir-producer/shape.ts';
import { shiftedTimes } from '../../connectors/fhir-producer/shift-times.ts';
import { type Feed, feed } from '../../connectors/files/feed.ts';
import type { FeedRecord } from '../../connectors/files/feed-record.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { readResource } from '../../schemas/fhir/read-resource.ts';
import { isUnreadable } from '../../schemas/fhir/resource.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { timeOf } from './paced.ts';
import { untilStopped } from './until-stopped.ts';

export interface Shifts {
  readonly byPatient: PatientShifts;
  /** The input, to be read from its beginning. */
  readonly input: Feed;
}

/** As much as an order that holds its input may hold. */
const HOLD_LIMIT_BYTES = 2 * 1024 ** 3;

/**
 * Reads an input to its end for the newest time of each patient. Files are read a second time for what they hold; standard input
 * is held in memory. @throws StreamsError of the input, `input-too-large`.
 */
export async function shiftsOf(
  files: readonly string[],
  shaping: Shaping,
  signal: AbortSignal,
): Promise<Shifts> {
  const byPatient = new PatientShifts();
  const first = feed(files, { order: 'as-is' });
  const held: (readonly FeedRecord[])[] | undefined = files.includes('-') ? [] : undefined;
  let bytes = 0;
  for await (const batch of untilStopped(first.batches, signal)) {
    for (const record of batch) {
      bytes += record.value?.length ?? 0;
      const patient = patientOf(record, shaping);
      const time = timeOf(record);
      if (patient !== undefined && time !== undefined) byPatient.saw(patient, time);
    }
    held?.push(batch);
    if (held !== undefined && bytes > HOLD_LIMIT_BYTES)
      throw new StreamsError(
        'input-too-large',
        '--shift-to-now holds standard input, and it is more than 2 GB.',
      );
  }
  if (held === undefined) return { byPatient, input: feed(files, { order: 'as-is' }) };
  return { byPatient, input: { batches: each(held), statistics: first.statistics } };
}

async function* each(batches: readonly (readonly FeedRecord[])[]): AsyncGenerator<readonly FeedRecord[]> {
  yield* batches;
}

/** The records with their times moved; those of nobody known stay as they are. */
export async function* shifted(
  batches: AsyncIterable<readonly FeedRecord[]>,
  { byPatient }: Shifts,
  shaping: Shaping,
  speed: number | undefined,
): AsyncGenerator<readonly FeedRecord[]> {
  const began = systemClock.now();
  for await (const batch of batches)
    yield batch.map((record) => {
      const patient = patientOf(record, shaping);
      const offset = patient === undefined ? undefined : byPatient.of(patient, began, speed);
      const { value, arrival } = record;
      if (offset === undefined || value === null) return record;
      return {
        ...record,
        value: shiftedTimes(Buffer.from(value.buffer, value.byteOffset, value.byteLength), offset),
        arrival: arrival === undefined ? undefined : arrival + offset,
      };
    });
}

function patientOf({ value }: FeedRecord, { subjectOf }: Shaping): string | undefined {
  if (value === null) return undefined;
  const resource = readResource(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  if (isUnreadable(resource)) return undefined;
  const subject = subjectOf(resource.subject);
  return 'patient' in subject ? subject.patient : undefined;
}
