import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { FhirConnection } from '../../../connectors/ehr/connection.ts';
import { EhrSink, type EhrSinkSettings } from '../../../connectors/ehr/ehr-sink.ts';
import { always, type FhirOptions } from '../../../connectors/ehr/options.ts';
import { type Planning, prepared } from '../../../connectors/ehr/server.ts';
import type { ResourceType } from '../../../connectors/ehr/shape.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import type { Delivery, Lane, SinkRecord } from '../../../connectors/sink/sink.ts';
import { askFhir } from '../../../docker/stack/fhir/fhir-request.ts';
import type { AuditEvent } from '../../../schemas/generated/audit-event.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import type { Codec } from '../../../topology/model/codec.ts';
import { seconds } from '../../../topology/model/time.ts';
import { topic } from '../../../topology/model/topic.ts';
import { ALL, raised, recordOf, valued } from './alerts.ts';

const json: Codec<AuditEvent> = {
  name: 'json',
  encode: (value) => new TextEncoder().encode(JSON.stringify(value)),
  decode: (bytes) => {
    const event: AuditEvent = JSON.parse(new TextDecoder().decode(bytes));
    return event;
  },
};

export const NEVER: AbortSignal = new AbortController().signal;

export const connectionTo = (base: string, own: Partial<FhirOptions> = {}): FhirConnection => {
  const made = new FhirConnection({
    base,
    ca: undefined,
    authorization: always(() => undefined),
    concurrency: 8,
    connectTimeout: seconds(10),
    totalTimeout: seconds(60),
    ...own,
  });
  onTestFinished(() => made.close());
  return made;
};

export interface Rig {
  readonly sink: EhrSink;
  /** Codes of what was tried again. */
  readonly retries: string[];
  /** Resolves when something is tried again. */
  readonly retried: Promise<void>;
  /** Delivers records, all of one patient, as what waits in one lane. */
  readonly deliver: (...records: readonly SinkRecord<SepsisAlert>[]) => Promise<Delivery<SepsisAlert>>;
}

const known = new Map<string, Promise<Planning>>();

/** A server is asked once what it can do: that takes it seconds. */
function planningFor(connection: FhirConnection, types: readonly ResourceType[]): Promise<Planning> {
  const name = `${new URL(connection.base).port} ${types.join()}`;
  const planning = known.get(name) ?? prepared(connection, new Set(types), NEVER);
  known.set(name, planning);
  return planning;
}

/** A sink before a real server. Pauses between tries are short. */
export async function ehrRig(
  base: string,
  {
    types = ALL,
    options = {},
    ...own
  }: Partial<EhrSinkSettings> & {
    readonly types?: readonly ResourceType[];
    readonly options?: Partial<FhirOptions>;
  } = {},
): Promise<Rig> {
  const connection = connectionTo(base, options);
  const retries: string[] = [];
  const { promise: retried, resolve: triedAgain } = Promise.withResolvers<void>();
  const sink = new EhrSink({
    connection,
    planning: own.planning ?? (await planningFor(connection, types)),
    bases: [base],
    clock: systemClock,
    chance: () => 0,
    patientWait: 60_000,
    retrying: (code) => {
      retries.push(code);
      triedAgain();
    },
    audit: topic('audit', json),
    pseudonymOf: (patient) => createHash('sha256').update(patient).digest('hex').slice(0, 32),
    ...own,
  });
  return {
    sink,
    retries,
    retried,
    deliver: (...records) => sink.deliver(laneOf(records), NEVER),
  };
}

export function laneOf<V = SepsisAlert>(
  records: readonly SinkRecord<V>[],
): Lane<V> & {
  add(record: SinkRecord<V>): void;
} {
  let waiting = [...records];
  return {
    key: records[0]?.key ?? '',
    get waiting() {
      return waiting;
    },
    take: (most = waiting.length) => {
      const taken = waiting.slice(0, most);
      waiting = waiting.slice(most);
      return taken;
    },
    add: (record) => void waiting.push(record),
  };
}

export const auditsIn = ({ outputs }: Delivery<SepsisAlert>): AuditEvent[] =>
  outputs.map(([, { value }]) => json.decode(value ?? new Uint8Array()));

let patients = 0;
const RUN = createHash('sha256').update(`${process.pid} ${Date.now()}`).digest('hex').slice(0, 8);

/** A patient of the test's own, with what an alert refers to; `held` puts them on the server. */
export function freshPatient(base: string): {
  readonly id: string;
  /** A record of an alert about this patient. */
  record(alert?: Partial<SepsisAlert>, offset?: number): SinkRecord<SepsisAlert>;
  put(what?: readonly ('Patient' | 'Encounter' | 'Observation')[]): Promise<void>;
} {
  const id = `${RUN}-${patients++}`;
  const alertId = createHash('sha256').update(id).digest('hex');
  const named = (state: SepsisAlert['criteria'][number]): SepsisAlert['criteria'][number] => ({
    ...state,
    observationId: `${id}-${state.criterion}`,
    evidence: state.evidence.map((one) => ({ ...one, observationId: `${id}-${state.criterion}` })),
  });
  return {
    id,
    record: (alert = {}, offset = 17) => {
      const whole: SepsisAlert = {
        ...raised,
        alertId,
        patient: `${base}/Patient/${id}`,
        encounter: `${base}/Encounter/${id}`,
        ...alert,
      };
      return recordOf({ ...whole, criteria: whole.criteria.map(named) }, offset);
    },
    put: async (what = ['Patient', 'Encounter', 'Observation']) => {
      const subject = { reference: `Patient/${id}` };
      const resources: Record<string, readonly object[]> = {
        Patient: [{ resourceType: 'Patient', id }],
        Encounter: [
          { resourceType: 'Encounter', id, status: 'in-progress', class: { code: 'IMP' }, subject },
        ],
        Observation: [valued('RR', 24, true, 0), valued('SBP', 96, true, 1), valued('GCS', 15, false, 2)].map(
          ({ criterion }) => ({
            resourceType: 'Observation',
            id: `${id}-${criterion}`,
            status: 'final',
            code: { text: criterion },
            subject,
          }),
        ),
      };
      for (const resource of what.flatMap((type) => resources[type] ?? [])) {
        const path = `${field(resource, 'resourceType')}/${field(resource, 'id')}`;
        const { status, body } = await askFhir(`${base}/${path}`, { method: 'PUT', json: resource });
        if (status !== 200 && status !== 201) throw new Error(`${path} ${status} ${body}`);
      }
    },
  };
}

const field = (of: object, name: string): string => String((of as Record<string, unknown>)[name]);

/** How many versions the server holds of each resource of an alert; of one that it does not hold, none. */
export async function heldVersions(
  base: string,
  alertId: string,
  types: readonly ResourceType[] = ALL,
): Promise<Record<string, number[]>> {
  const counts: Record<string, number[]> = {};
  for (const type of types) {
    const query =
      type === 'Provenance'
        ? `target=Observation/${alertId}`
        : `identifier=urn:sepsis-streams:alert%7C${alertId}`;
    const { body } = await askFhir(`${base}/${type}?${query}`);
    const bundle: { entry?: { resource: { meta: { versionId: string } } }[] } = JSON.parse(body);
    counts[type] = (bundle.entry ?? []).map(({ resource }) => Number(resource.meta.versionId));
  }
  return counts;
}

export async function read(base: string, path: string): Promise<Record<string, unknown>> {
  const resource: Record<string, unknown> = JSON.parse((await askFhir(`${base}/${path}`)).body);
  return resource;
}
