import type { Reference } from 'fhir/r4.js';
import type { Clock } from '../../topology/ports/clock.ts';
import { type Answer, isOutcomeOf, jsonOf, type Refusal, refusalOf } from './answer.ts';
import type { Way } from './capability.ts';
import { field, list } from './capability.ts';
import type { HeldAlert } from './communication.ts';
import type { FhirConnection } from './connection.ts';
import { identifierQuery } from './entries.ts';
import { resourceIdOf } from './names.ts';

interface Asking {
  readonly connection: FhirConnection;
  readonly clock: Clock;
}

/** The Observation of an alert on the server, undefined when it is not there; or why the server does not say. */
export async function readAlert(
  { connection, clock }: Asking,
  alertId: string,
  way: Way,
  signal: AbortSignal,
): Promise<HeldAlert | { readonly refusal: Refusal } | undefined> {
  const byId = way === 'client-id';
  const path = byId
    ? `Observation/${resourceIdOf(alertId)}`
    : `Observation?${identifierQuery(alertId)}&_count=1`;
  const answer = await connection.ask({ method: 'GET', path }, signal);
  if (byId && isAbsent(answer)) return undefined;
  if (answer.status !== 200) return { refusal: refusalOf(answer, clock.now()) };
  const said = jsonOf(answer);
  if (field(said, 'resourceType') !== (byId ? 'Observation' : 'Bundle')) return UNREADABLE;
  const found = byId ? said : list(said, 'entry').map((entry) => field(entry, 'resource'))[0];
  if (found === undefined) return undefined;
  const id = field(found, 'id');
  if (typeof id !== 'string') return UNREADABLE;
  return { id, subject: referenceIn(found, 'subject'), encounter: referenceIn(found, 'encounter') };
}

/** Of a server that is there: a proxy that has lost it says 404 too. */
export const isAbsent = (answer: Answer): boolean =>
  (answer.status === 404 || answer.status === 410) && isOutcomeOf(answer);

/** As the server has it; what else stands beside it, such as a name, is not ours to copy. */
function referenceIn(resource: unknown, name: string): Reference | undefined {
  const of = field(resource, name);
  const reference = field(of, 'reference');
  if (typeof reference === 'string') return { reference };
  const type = field(of, 'type');
  const identifier = field(of, 'identifier');
  const system = field(identifier, 'system');
  const value = field(identifier, 'value');
  if (typeof system !== 'string' || typeof value !== 'string') return undefined;
  // What it is need not be known: an encounter can be named in a way that does not say so.
  return { ...(typeof type === 'string' ? { type } : {}), identifier: { system, value } };
}

const UNREADABLE: { readonly refusal: Refusal } = {
  refusal: { kind: 'later', code: 'fhir-unavailable', after: undefined },
};
