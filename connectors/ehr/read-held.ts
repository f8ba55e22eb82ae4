import type { Clock } from '../../topology/ports/clock.ts';
import { isOutcomeOf, jsonOf, type Refusal, refusalOf } from './answer.ts';
import { field, list } from './capability.ts';
import type { FhirConnection } from './connection.ts';
import { identifierQuery } from './entries.ts';
import { type Held, type HeldResources, heldOf } from './held.ts';
import { resourceIdOf } from './names.ts';
import type { Plan } from './plan.ts';
import type { ResourceType } from './shape.ts';

interface Asking {
  readonly connection: FhirConnection;
  readonly clock: Clock;
}

/** What the server holds of an alert, or why it does not say. */
export async function readHeld(
  asking: Asking,
  { ways }: Plan,
  alertId: string,
  signal: AbortSignal,
): Promise<{ readonly resources: HeldResources } | { readonly refusal: Refusal }> {
  const resources = new Map<ResourceType, Held>();
  const found = await Promise.all(
    [...ways].map(async ([type, way]) => {
      const one =
        way === 'client-id'
          ? await readById(asking, type, alertId, signal)
          : await search(asking, type, alertId, signal);
      return { type, one };
    }),
  );
  for (const { type, one } of found) {
    if (one === undefined) continue;
    if ('refusal' in one) return one;
    resources.set(type, one);
  }
  return { resources };
}

type Found = Held | { readonly refusal: Refusal } | undefined;

async function readById(
  { connection, clock }: Asking,
  type: ResourceType,
  alertId: string,
  signal: AbortSignal,
): Promise<Found> {
  const answer = await connection.ask({ method: 'GET', path: `${type}/${resourceIdOf(alertId)}` }, signal);
  // Of a server that is there: a proxy that has lost it says 404 too.
  if ((answer.status === 404 || answer.status === 410) && isOutcomeOf(answer)) return undefined;
  if (answer.status !== 200) return { refusal: refusalOf(answer, clock.now()) };
  return heldOf(jsonOf(answer)) ?? UNREADABLE;
}

async function search(
  { connection, clock }: Asking,
  type: ResourceType,
  alertId: string,
  signal: AbortSignal,
): Promise<Found> {
  const path = `${type}?${identifierQuery(alertId)}&_count=2`;
  // By its documentation HAPI may repeat what it found up to a minute ago: nothing, where an earlier try has written since.
  const headers = { 'cache-control': 'no-cache' };
  const answer = await connection.ask({ method: 'GET', path, headers }, signal);
  if (answer.status !== 200) return { refusal: refusalOf(answer, clock.now()) };
  const bundle = jsonOf(answer);
  if (field(bundle, 'resourceType') !== 'Bundle') return UNREADABLE;
  const resources = list(bundle, 'entry').map((entry) => field(entry, 'resource'));
  const ours = resources.filter((resource) => field(resource, 'resourceType') === type);
  if (ours.length > 1) return { refusal: { kind: 'never', reason: 'fhir-several-held' } };
  return ours.length === 0 ? undefined : (heldOf(ours[0]) ?? UNREADABLE);
}

const UNREADABLE: Found = { refusal: { kind: 'later', code: 'fhir-unavailable', after: undefined } };
