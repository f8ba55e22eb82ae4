import { StreamsError } from '../../topology/model/errors.ts';
import { jsonOf } from './answer.ts';
import { readCapability } from './capability.ts';
import { type FhirConnection, LONGEST_STATEMENT } from './connection.ts';
import { type Plan, planOf } from './plan.ts';
import type { ResourceType } from './shape.ts';

/**
 * Asks the server what it can do, and whether it lets us in, before the first alert.
 * @throws StreamsError `fhir-unavailable`, which may pass; `fhir-not-authorized`, `fhir-tls-untrusted`, `fhir-unfit`.
 */
export async function prepared(
  connection: FhirConnection,
  wanted: ReadonlySet<ResourceType> | undefined,
  signal: AbortSignal,
): Promise<Plan> {
  const { who, base } = connection;
  const statement = await connection.ask(
    { method: 'GET', path: 'metadata', longest: LONGEST_STATEMENT },
    signal,
  );
  refuse(who, 'its CapabilityStatement', statement.status);
  const capability = readCapability(jsonOf(statement));
  if (capability === undefined)
    throw new StreamsError('fhir-unfit', `${who} answers, but with no CapabilityStatement of FHIR R4.`);
  const plan = planOf(base, capability, wanted);
  // Everybody may read the statement; this is an id that nobody has.
  for (const type of plan.ways.keys()) {
    const path = plan.ways.get(type) === 'client-id' ? `${type}/${NOBODY}` : `${type}?_id=${NOBODY}`;
    const { status } = await connection.ask({ method: 'GET', path }, signal);
    if (status !== 404 && status !== 410) refuse(who, type, status);
  }
  return plan;
}

const NOBODY = 'sepsis-streams-nobody';

function refuse(who: string, what: string, status: number): void {
  if (status === 200) return;
  if (status === 401 || status === 403)
    throw new StreamsError('fhir-not-authorized', `${who} refuses ${what} (${status}).`);
  if (status === 408 || status === 429 || status >= 500)
    throw new StreamsError('fhir-unavailable', `${who} answers ${status} for ${what}.`);
  throw new StreamsError('fhir-unfit', `${who} answers ${status} for ${what}.`);
}
