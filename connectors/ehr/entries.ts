import type { BundleEntry, BundleEntryRequest, Reference } from 'fhir/r4.js';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { Way } from './capability.ts';
import { flagOf } from './flag.ts';
import type { HeldResources } from './held.ts';
import { ALERT_SYSTEM, placeholderOf, resourceIdOf } from './names.ts';
import { observationOf } from './observation.ts';
import type { Plan } from './plan.ts';
import { provenanceOf } from './provenance.ts';
import type { RecordMark } from './record-mark.ts';
import type { Referring } from './references.ts';
import { riskAssessmentOf } from './risk-assessment.ts';
import type { AlertResource, ResourceType, Shaped } from './shape.ts';

/** A resource, and the request that writes it. */
export interface Entry extends BundleEntry<AlertResource> {
  readonly fullUrl: string;
  readonly resource: AlertResource;
  readonly request: BundleEntryRequest;
}

export interface Writing {
  readonly alert: SepsisAlert;
  readonly mark: RecordMark;
  readonly plan: Plan;
  readonly held: HeldResources;
  readonly referring: Referring;
  /** Address of the server, without a slash at the end. */
  readonly base: string;
}

/** What is to be written of one record of an alert: pure, so the same record is always the same entries. */
export function entriesOf({ alert, mark, plan, held, referring, base }: Writing): readonly Entry[] {
  const types = [...plan.ways.keys()];
  const idOf = (type: ResourceType): string | undefined =>
    held.get(type)?.id ?? (plan.ways.get(type) === 'client-id' ? resourceIdOf(alert.alertId) : undefined);
  const ours = (type: ResourceType): Reference => {
    const id = idOf(type);
    return { reference: id === undefined ? placeholderOf(type, alert.alertId) : `${type}/${id}` };
  };
  const shaped: Shaped = { alert, mark, referring, ours };
  return types.map((type) => {
    const id = idOf(type);
    const resource = resourceOf(type, shaped, types);
    return {
      fullUrl: id === undefined ? placeholderOf(type, alert.alertId) : `${base}/${type}/${id}`,
      resource: id === undefined ? resource : { ...resource, id },
      request: requestOf(type, id, plan.ways.get(type) ?? 'client-id', held, alert.alertId),
    };
  });
}

function resourceOf(type: ResourceType, shaped: Shaped, types: readonly ResourceType[]): AlertResource {
  switch (type) {
    case 'Observation':
      return observationOf(shaped);
    case 'RiskAssessment':
      return riskAssessmentOf(shaped, types.includes('Observation'));
    case 'Flag':
      return flagOf(shaped);
    case 'Provenance':
      return provenanceOf(
        shaped,
        types.filter((one) => one !== 'Provenance'),
      );
  }
}

function requestOf(
  type: ResourceType,
  id: string | undefined,
  way: Way,
  held: HeldResources,
  alertId: string,
): BundleEntryRequest {
  const version = held.get(type)?.version;
  if (id !== undefined)
    return {
      method: 'PUT',
      url: `${type}/${id}`,
      // Whoever has changed it meanwhile is not written over.
      ...(version === undefined ? {} : { ifMatch: `W/"${version}"` }),
    };
  const criteria = identifierQuery(alertId);
  return way === 'conditional-update'
    ? { method: 'PUT', url: `${type}?${criteria}` }
    : { method: 'POST', url: type, ifNoneExist: criteria };
}

/** Finds the resources of an alert. */
export const identifierQuery = (alertId: string): string =>
  `identifier=${encodeURIComponent(`${ALERT_SYSTEM}|${alertId}`)}`;
