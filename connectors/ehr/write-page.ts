import type { AuditEvent } from '../../schemas/generated/audit-event.ts';
import { isStreamsError } from '../../topology/model/errors.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { pauseAfter } from '../sink/back-off.ts';
import { isDone, type Refusal, refusalOf } from './answer.ts';
import { communicationIdOf, communicationOf } from './communication.ts';
import type { FhirConnection } from './connection.ts';
import { isAbsent, readAlert } from './held-alert.ts';
import type { Planning } from './server.ts';

export interface PageWriting {
  readonly connection: FhirConnection;
  readonly planning: Planning;
  readonly clock: Clock;
  readonly chance: () => number;
  /** How long an alert that the server does not hold is waited for, milliseconds. */
  readonly alertWait: number;
  readonly retrying?: (code: string) => void;
}

/** What became of a page: on the server, now or before; or never accepted, for this reason. */
export type PageWritten =
  | { readonly kind: 'written' }
  | { readonly kind: 'refused'; readonly reason: string };

type Tried =
  | PageWritten
  | { readonly kind: 'again'; readonly code: string; readonly after: number | undefined };

/**
 * Writes the Communication of a page, and tries again until that is decided. Throws when the signal aborts.
 */
export async function writePage(
  page: AuditEvent,
  settings: PageWriting,
  signal: AbortSignal,
): Promise<PageWritten> {
  const { clock, chance, alertWait, retrying } = settings;
  const began = clock.now();
  for (let failures = 1; ; failures++) {
    const tried = await attempt(page, settings, signal);
    if (tried.kind !== 'again') return tried;
    // From the first try on: after a long stop the alerts themselves are still on their way.
    if (MISSING.has(tried.code) && clock.now() - began >= alertWait)
      return { kind: 'refused', reason: tried.code };
    retrying?.(tried.code);
    await clock.sleep(pauseAfter(failures, chance(), tried.after), signal);
    signal.throwIfAborted();
  }
}

const ALERT_MISSING = 'fhir-alert-missing';
const PATIENT_MISSING = 'fhir-patient-missing';
const MISSING: ReadonlySet<string> = new Set([ALERT_MISSING, PATIENT_MISSING]);

async function attempt(page: AuditEvent, settings: PageWriting, signal: AbortSignal): Promise<Tried> {
  const { connection, planning, clock } = settings;
  const path = `Communication/${communicationIdOf(page)}`;
  try {
    // Nothing of it ever changes, and what somebody made of it since is theirs.
    const held = await connection.ask({ method: 'GET', path }, signal);
    if (held.status === 200 && isDone(held, 1)) return { kind: 'written' };
    if (!isAbsent(held)) return afterRefusal(refusalOf(held, clock.now()));
    const way = planning.plan.ways.get('Observation') ?? 'client-id';
    const alert = await readAlert(settings, page.alertId, way, signal);
    if (alert === undefined) return { kind: 'again', code: ALERT_MISSING, after: undefined };
    if ('refusal' in alert) return afterRefusal(alert.refusal);
    const json = communicationOf(page, alert);
    const answer = await connection.ask({ method: 'PUT', path, json }, signal);
    return isDone(answer, 1) ? { kind: 'written' } : afterRefusal(refusalOf(answer, clock.now()));
  } catch (error) {
    signal.throwIfAborted();
    // Certificates, rights and secrets are mended while the process runs; no page is given up for them.
    if (isStreamsError(error)) return { kind: 'again', code: error.code, after: undefined };
    throw error;
  }
}

function afterRefusal(refusal: Refusal): Tried {
  switch (refusal.kind) {
    case 'conflict':
      return { kind: 'again', code: 'fhir-conflict', after: undefined };
    case 'later':
      return { kind: 'again', code: refusal.code, after: refusal.after };
    case 'never':
      return { kind: 'refused', reason: refusal.reason };
    case 'unheld':
      // The alert may have been there and be gone.
      return {
        kind: 'again',
        code: refusal.type === 'Patient' ? PATIENT_MISSING : ALERT_MISSING,
        after: undefined,
      };
  }
}
