import { StreamsError } from '../../topology/model/errors.ts';
import { jsonOf } from './answer.ts';
import { type Capability, readCapability } from './capability.ts';
import { type FhirConnection, LONGEST_STATEMENT } from './connection.ts';
import { type Plan, planOf, withoutOwnIds } from './plan.ts';
import type { ResourceType } from './shape.ts';

/** What is written and how, on a server that was asked what it can do. */
export class Planning {
  plan: Plan;
  readonly #capability: Capability;
  readonly #base: string;

  constructor(base: string, capability: Capability, wanted: ReadonlySet<ResourceType> | undefined) {
    this.plan = planOf(base, capability, wanted);
    this.#base = base;
    this.#capability = capability;
  }

  /** Whether the server says that a Communication can be written under an id of ours. */
  get communication(): boolean {
    return this.#capability.communication;
  }

  /**
   * The server gives ids itself, although it did not say so: what has been `tried` is written in the next best way. Whether
   * there is one. A Provenance, which has none, is left out.
   */
  ownIdsRefused(tried: Plan): boolean {
    if (this.plan !== tried) return true;
    if (![...tried.ways.values()].includes('client-id')) return false;
    const types = [...tried.ways.keys()].filter((type) => type !== 'Provenance');
    try {
      this.plan = planOf(this.#base, withoutOwnIds(this.#capability), new Set(types));
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * Asks the server what it can do, and whether it lets us in, before the first alert.
 * @throws StreamsError `fhir-unavailable`, which may pass; `fhir-not-authorized`, `fhir-tls-untrusted`, `fhir-unfit`.
 */
export async function prepared(
  connection: FhirConnection,
  wanted: ReadonlySet<ResourceType> | undefined,
  signal: AbortSignal,
): Promise<Planning> {
  const { who, base } = connection;
  const statement = await connection.ask(
    { method: 'GET', path: 'metadata', longest: LONGEST_STATEMENT },
    signal,
  );
  refuse(who, 'its CapabilityStatement', statement.status);
  const capability = readCapability(jsonOf(statement));
  if (capability === undefined)
    throw new StreamsError('fhir-unfit', `${who} answers, but with no CapabilityStatement of FHIR R4.`);
  const planning = new Planning(base, capability, wanted);
  const { ways } = planning.plan;
  // Everybody may read the statement; this is an id that nobody has.
  for (const [type, way] of ways) {
    const path = way === 'client-id' ? `${type}/${NOBODY}` : `${type}?_id=${NOBODY}`;
    const { status } = await connection.ask({ method: 'GET', path }, signal);
    if (status !== 404 && status !== 410) refuse(who, type, status);
  }
  return planning;
}

/**
 * Whether Communications can be written, before the first page.
 * @throws StreamsError as `prepared` does.
 */
export async function communicationPrepared(
  connection: FhirConnection,
  { communication }: Planning,
  signal: AbortSignal,
): Promise<void> {
  const { who, base } = connection;
  if (!communication)
    throw new StreamsError(
      'fhir-unfit',
      `The FHIR server at ${base} does not let Communication be written under an id of ours.`,
    );
  const { status } = await connection.ask({ method: 'GET', path: `Communication/${NOBODY}` }, signal);
  if (status !== 404 && status !== 410) refuse(who, 'Communication', status);
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
