import type { AuditEvent } from '../../schemas/generated/audit-event.ts';
import { isDone, type Refusal, refusalOf } from './answer.ts';
import { communicationIdOf, communicationOf } from './communication.ts';
import type { FhirConnection } from './connection.ts';
import { isAbsent, readAlert } from './held-alert.ts';
import type { Planning } from './server.ts';
import {
  type Again,
  afterRefusal,
  again,
  type NeverWritten,
  type Trying,
  untilDecided,
} from './until-decided.ts';

export interface PageWriting extends Trying {
  readonly connection: FhirConnection;
  readonly planning: Planning;
  /** How long an alert that the server does not hold is waited for, milliseconds: after a long stop the alerts themselves are still on their way. */
  readonly alertWait: number;
}

/** What became of a page: on the server, now or before; or never accepted. */
export type PageWritten = { readonly kind: 'written' } | NeverWritten;

const ALERT_MISSING = 'fhir-alert-missing';
const PATIENT_MISSING = 'fhir-patient-missing';
const MISSING: ReadonlySet<string> = new Set([ALERT_MISSING, PATIENT_MISSING]);

/** Writes the Communication of a page, and tries again until that is decided. Throws when the signal aborts. */
export const writePage = (
  page: AuditEvent,
  settings: PageWriting,
  signal: AbortSignal,
): Promise<PageWritten> =>
  untilDecided(
    () => attempt(page, settings, signal),
    settings,
    { codes: MISSING, longest: settings.alertWait },
    signal,
  );

async function attempt(
  page: AuditEvent,
  settings: PageWriting,
  signal: AbortSignal,
): Promise<PageWritten | Again> {
  const { connection, planning, clock } = settings;
  const path = `Communication/${communicationIdOf(page)}`;
  // Nothing of it ever changes, and what somebody made of it since is theirs.
  const held = await connection.ask({ method: 'GET', path }, signal);
  if (held.status === 200 && isDone(held, 1)) return { kind: 'written' };
  if (!isAbsent(held)) return refused(refusalOf(held, clock.now()));
  const way = planning.plan.ways.get('Observation') ?? 'client-id';
  const alert = await readAlert(settings, page.alertId, way, signal);
  if (alert === undefined) return again(ALERT_MISSING);
  if ('refusal' in alert) return refused(alert.refusal);
  const json = communicationOf(page, alert);
  const answer = await connection.ask({ method: 'PUT', path, json }, signal);
  return isDone(answer, 1) ? { kind: 'written' } : refused(refusalOf(answer, clock.now()));
}

/** The alert may have been there and be gone. */
const refused = (refusal: Refusal): NeverWritten | Again =>
  afterRefusal(refusal, (type) => again(type === 'Patient' ? PATIENT_MISSING : ALERT_MISSING));
