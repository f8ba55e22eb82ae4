import type { AuditEvent } from '../../../schemas/generated/audit-event.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import type { Incident } from '../../servers/pagerduty/incidents.ts';

/** What happened at PagerDuty, and what is said of it. */
export interface Paged {
  readonly alerts: readonly SepsisAlert[];
  readonly incidents: readonly Incident[];
  readonly audit: readonly AuditEvent[];
}

/**
 * Ways in which a team was paged wrongly. Of every alert there must be one incident of its own id, and one of each score that
 * it rose to, unless the audit trail says why not; each opened once, and resolved when the alert is over and not before.
 */
export function faultsOfPaging({ alerts, incidents, audit }: Paged): string[] {
  return [
    ...doubled(incidents),
    ...misjudged({ alerts, incidents, audit }),
    ...untold({ incidents, audit, alerts }),
  ];
}

function doubled(incidents: readonly Incident[]): string[] {
  return [...Map.groupBy(incidents, ({ routing, key }) => `${routing} ${key}`)].flatMap(([, of]) =>
    of.length > 1 ? [`${of[0]?.key} was opened ${of.length} times`] : [],
  );
}

function misjudged({ alerts, incidents, audit }: Paged): string[] {
  const found: string[] = [];
  for (const [id, of] of Map.groupBy(alerts, ({ alertId }) => alertId)) {
    const last = of.at(-1);
    const over = last?.status === 'RESOLVED' || last?.status === 'RETRACTED';
    const own = incidents.filter(({ key }) => key === id || key.startsWith(`${id}:`));
    const excused = audit.some(({ alertId, decision }) => alertId === id && decision === 'SUPPRESSED');
    if (!own.some(({ key }) => key === id) && !excused) found.push(`${id} was never paged`);
    const rose = of.some(({ status }) => status === 'ESCALATED');
    const atOnce = own.some(({ key, event }) => key === id && event.payload?.severity === 'critical');
    if (rose && !atOnce && !own.some(({ key }) => key === `${id}:3`) && !excused)
      found.push(`the rise of ${id} was never paged`);
    for (const { key, status, resolved = 0, opened } of own) {
      if (over && status !== 'resolved') found.push(`${key} is open, and the alert is over`);
      if (!over && status === 'resolved') found.push(`${key} is resolved, and the alert goes on`);
      if (status === 'resolved' && resolved < opened) found.push(`${key} was resolved before it was opened`);
    }
  }
  return found;
}

/** What was opened and resolved is written in the audit trail, each once. */
function untold({ incidents, audit }: Paged): string[] {
  const delivered = audit.filter(({ decision }) => decision === 'DELIVERED');
  const triggers = delivered.filter(({ reason }) => !reason.startsWith('resolved-')).length;
  const resolves = delivered.length - triggers;
  const twice = audit.length - new Set(audit.map(({ id }) => id)).size;
  return [
    ...(triggers === incidents.length
      ? []
      : [`${incidents.length} incidents, ${triggers} in the audit trail`]),
    ...(resolves === incidents.filter(({ resolvedBy }) => resolvedBy === 'event').length
      ? []
      : [`${resolves} resolved in the audit trail`]),
    ...(twice === 0 ? [] : [`${twice} decisions are written twice`]),
  ];
}
