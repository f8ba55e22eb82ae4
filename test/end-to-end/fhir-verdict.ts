import { askFhir } from '../../docker/stack/fhir/fhir-request.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { difference } from '../oracle/comparison.ts';
import type { EpisodeLine, PidOf } from '../oracle/results.ts';

/** What the server holds of an alert, as far as it is compared. */
export interface HeldResource {
  readonly resourceType: string;
  readonly id: string;
  readonly status: string;
  readonly subject?: { readonly reference?: string };
  readonly occurrencePeriod?: { readonly start?: string; readonly end?: string };
}

interface Page {
  readonly entry?: readonly { readonly resource: HeldResource }[];
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
}

/** All scores and risks about these patients. */
export async function heldOn(base: string, patients: ReadonlySet<string>): Promise<HeldResource[]> {
  const held: HeldResource[] = [];
  for (const search of ['Observation?code=http://loinc.org%7C96791-9', 'RiskAssessment?'])
    for (let url: string | undefined = `${base}/${search}&_count=500`; url !== undefined; ) {
      const { status, body } = await askFhir(url);
      if (status !== 200) throw new Error(`${url} ${status} ${body}`);
      const { entry = [], link = [] }: Page = JSON.parse(body);
      held.push(...entry.map(({ resource }) => resource));
      url = link.find(({ relation }) => relation === 'next')?.url;
    }
  return held.filter(({ subject }) => patients.has(subject?.reference ?? ''));
}

/** Puts what alerts refer to. @throws Error when the server does not take all. */
export async function put(
  base: string,
  resources: readonly { resourceType: string; id: string }[],
): Promise<void> {
  const entry = resources.map((resource) => ({
    fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  const { status, body } = await askFhir(base, {
    method: 'POST',
    json: { resourceType: 'Bundle', type: 'transaction', entry },
    withinMs: 120_000,
  });
  if (status !== 200) throw new Error(`${status} ${body.slice(0, 1_000)}`);
}

/**
 * How what the server holds differs from one score and one risk of each episode; '' when it does not. `withdrawn`: subjects of alerts
 * that were taken back, each of which is in error.
 */
export function heldDiffer(
  held: readonly HeldResource[],
  alerts: readonly SepsisAlert[],
  pidOf: PidOf,
  want: { readonly episodes: readonly EpisodeLine[]; readonly withdrawn: readonly string[] },
): string {
  const byId = new Map(alerts.map((alert) => [alert.alertId, alert]));
  const found = held.map(({ resourceType, id, status, subject, occurrencePeriod: period }) => {
    const pid = pidOf(subject?.reference ?? '');
    if (status === 'entered-in-error') return `${resourceType} ${pid} in error`;
    const alert = byId.get(id);
    // A score has no period: the alert that its id names tells which episode it is.
    const start = period?.start ?? new Date(alert?.start ?? 0).toISOString();
    const end = period?.end ?? new Date((alert?.end ?? 0) - 1).toISOString();
    return `${resourceType} ${pid} ${start} to ${end} ${status}`;
  });
  const wanted = ['Observation', 'RiskAssessment'].flatMap((type) => [
    ...want.episodes.map(({ pid, start, end }) => {
      // FHIR's end is the last moment of a period, ours the first behind it.
      return `${type} ${pid} ${start} to ${new Date(Date.parse(end) - 1).toISOString()} amended`;
    }),
    ...want.withdrawn.map((subject) => `${type} ${pidOf(subject)} in error`),
  ]);
  return difference('resources', found, wanted, (line) => line);
}
