import type { ScreeningRules } from '../../operators/screening-rules.ts';
import { screeningRules } from '../../operators/screening-rules.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { eventTimeOf, type Ordered } from './orders.ts';
import type { FedRecord } from './screening-run.ts';
import { jsonLinesOf, linesOf, sharedPath } from './shared-files.ts';

/** The four topics in the order of an as-is merge: only vital signs state an arrival, so the others come before them. */
const TOPICS: readonly string[] = [TOPIC.labs, TOPIC.encounters, TOPIC.medicationRequests, TOPIC.vitals];

interface Resource {
  readonly subject?: { readonly reference?: string };
  readonly issued?: string;
}

interface Patient {
  readonly id: string;
  readonly identifier: readonly { readonly value: string }[];
}

/** Real charting of 100 intensive-care patients, by their numbers. */
export interface Mimic {
  readonly records: readonly (FedRecord & Ordered)[];
  /** `Patient/<id>` to the patient's number. */
  readonly pidOf: (patient: string) => string;
}

/** Nothing of the data's own clock is the broker's: the dates are of the 22nd century. */
export const mimicRules = (own: Partial<ScreeningRules>): ScreeningRules =>
  screeningRules({ trustTimestamp: false, ...own });

export function mimic(): Mimic {
  const directory = sharedPath('data/mimic-iii-demo/fhir');
  const records: (FedRecord & Ordered)[] = [];
  for (const topic of TOPICS) {
    for (const line of linesOf(`${directory}/${topic}.ndjson.gz`)) {
      const resource: Resource = JSON.parse(line.toString());
      const key = resource.subject?.reference;
      records.push({
        topic,
        offset: records.length,
        key: key === undefined ? null : Buffer.from(key),
        value: line,
        arrival: resource.issued === undefined ? undefined : Date.parse(resource.issued),
        eventTime: eventTimeOf(resource),
      });
    }
  }
  return { records, pidOf: mimicPidOf() };
}

/** The names of the patients alone, without the records. */
export function mimicPidOf(): Mimic['pidOf'] {
  const numbers = new Map(
    jsonLinesOf<Patient>(sharedPath('data/mimic-iii-demo/fhir/patient.ndjson.gz')).map(
      ({ id, identifier }) => [`Patient/${id}`, identifier[0]?.value ?? ''],
    ),
  );
  return (patient) => numbers.get(patient) ?? patient;
}
