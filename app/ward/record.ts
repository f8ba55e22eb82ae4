import type { Encounter, MedicationRequest, Observation } from 'fhir/r4.js';

export type FhirTopic =
  | 'fhir.observation.vitals'
  | 'fhir.observation.labs'
  | 'fhir.encounter'
  | 'fhir.medicationrequest';

/** One message of the ward on its way to Kafka. */
export interface WardRecord {
  readonly topic: FhirTopic;
  /** As a hospital feed would set it: often right, sometimes another form, `unknown`, or none. */
  readonly key: string | null;
  /** When it reaches the broker, epoch milliseconds of the ward's own clock. */
  readonly arrival: number;
  /** Plain FHIR R4 JSON; whoever reads it must not change it. */
  readonly resource: Observation | Encounter | MedicationRequest;
}
