import type { DiagnosticReport, Encounter, MedicationRequest, Observation, ServiceRequest } from 'fhir/r4.js';
import { StreamsError } from '../../topology/model/errors.ts';
import type { Position } from '../../topology/model/record.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { BatchingProducer } from './batching-producer.ts';
import { knownType } from './known-types.ts';
import { type Shaping, shaped } from './shape.ts';

/** What the topology reads something of. */
export type PublishedResource =
  | Observation
  | Encounter
  | MedicationRequest
  | DiagnosticReport
  | ServiceRequest;

/**
 * Sends FHIR R4 resources to the topics that the topology reads. Each promise resolves when all replicas have the record, to
 * where it stands; resources of one patient keep the order in which they were given.
 *
 * Rejects with a StreamsError: `resource-unfit` for what is no such resource, `publisher-full` when too many are not
 * acknowledged yet (await `ready`), `publisher-closed`, and what the brokers refuse: then the record may be there or not, and
 * giving it again does no harm, since the topology knows a version that it has.
 */
export interface FhirPublisher {
  publishObservation(resource: Observation): Promise<Position>;
  publishEncounter(resource: Encounter): Promise<Position>;
  publishMedicationRequest(resource: MedicationRequest): Promise<Position>;
  publish(resource: PublishedResource): Promise<Position>;
  /** Resources that are not acknowledged yet. */
  readonly pending: number;
  /** Resolves when there is room for another one. */
  ready(): Promise<void>;
  /** Sends at once what waits, and resolves when nothing is on its way. */
  flush(): Promise<void>;
  /** Takes no more, flushes, and lets go of the connections. */
  close(): Promise<void>;
}

/** A publisher over a producer that gathers batches. `closed`: what else is to be closed with it. */
export function publisherOver(
  producer: BatchingProducer,
  clock: Clock,
  shaping: Shaping,
  closed: () => Promise<void>,
): FhirPublisher {
  const publish = async (resource: unknown, type?: string): Promise<Position> => {
    const what = shaped({ value: bytesOf(resource) }, shaping, clock.now());
    if (what.kind === 'bad') throw unfit(`${what.reason}: ${what.detail}`);
    if (what.kind === 'other') throw unfit(`it is ${what.type}, of which the topology reads nothing`);
    const given = typeOf(resource);
    if (type !== undefined && given !== type) throw unfit(`it is ${given}, not ${type}`);
    return producer.send(what.topic, what.record);
  };
  return {
    publishObservation: (resource) => publish(resource, 'Observation'),
    publishEncounter: (resource) => publish(resource, 'Encounter'),
    publishMedicationRequest: (resource) => publish(resource, 'MedicationRequest'),
    publish: (resource) => publish(resource),
    get pending() {
      return producer.pending;
    },
    ready: () => producer.ready(),
    flush: () => producer.flush(),
    close: async () => {
      try {
        await producer.close();
      } finally {
        await closed();
      }
    },
  };
}

const unfit = (why: string): StreamsError =>
  new StreamsError('resource-unfit', `The resource cannot be published: ${why}.`);

function bytesOf(resource: unknown): Buffer {
  let text: unknown;
  try {
    text = JSON.stringify(resource);
  } catch {
    // A circle, or a number that JSON does not have.
  }
  if (typeof text !== 'string') throw unfit('it has no JSON');
  return Buffer.from(text);
}

function typeOf(resource: unknown): string {
  return typeof resource === 'object' && resource !== null && 'resourceType' in resource
    ? knownType(String(resource.resourceType))
    : 'nothing';
}
