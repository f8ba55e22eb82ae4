import type { Bundle } from 'fhir/r4.js';
import { isStreamsError } from '../../topology/model/errors.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { pauseAfter } from '../sink/back-off.ts';
import { type AlertRecord, markOf } from './alert-record.ts';
import { type Answer, isDone, type Refusal, refusalOf, refusesOwnIds } from './answer.ts';
import type { FhirConnection } from './connection.ts';
import { type Entry, entriesOf } from './entries.ts';
import type { HeldResources } from './held.ts';
import type { Plan } from './plan.ts';
import { readHeld } from './read-held.ts';
import { isOlder, isSame, type RecordMark } from './record-mark.ts';
import type { Planning } from './server.ts';

export interface WritingSettings {
  readonly connection: FhirConnection;
  readonly planning: Planning;
  /** Addresses under which alerts name the server that is written to. */
  readonly bases: readonly string[];
  readonly clock: Clock;
  readonly chance: () => number;
  /** How long a patient that the server does not hold is waited for, milliseconds. */
  readonly patientWait: number;
  readonly retrying?: (code: string) => void;
}

/** What became of an alert: written now or before; older than what the server holds; or never accepted, for this reason. */
export type Written =
  | { readonly kind: 'written' }
  | { readonly kind: 'older' }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Writes the last record of an alert, and tries again until that is decided. `last` is asked before each try: more may have
 * come while it waited. Throws when the signal aborts.
 */
export async function writeAlert(
  last: () => AlertRecord,
  settings: WritingSettings,
  signal: AbortSignal,
): Promise<Written> {
  const { clock, chance, patientWait, retrying } = settings;
  const unheld = new Set<string>();
  const began = clock.now();
  for (let failures = 1; ; failures++) {
    const tried = await attempt(last(), unheld, settings, signal);
    if (tried.kind !== 'again') return tried;
    if (tried.code === 'fhir-patient-missing' && clock.now() - began >= patientWait)
      return { kind: 'refused', reason: tried.code };
    // Nothing but what we do differently changes without time.
    if (tried.code === 'otherwise') continue;
    retrying?.(tried.code);
    await clock.sleep(pauseAfter(failures, chance(), tried.after), signal);
    signal.throwIfAborted();
  }
}

type Tried = Written | { readonly kind: 'again'; readonly code: string; readonly after: number | undefined };

/** Again at once, in another way. */
const OTHERWISE: Tried = { kind: 'again', code: 'otherwise', after: undefined };

async function attempt(
  record: AlertRecord,
  unheld: Set<string>,
  settings: WritingSettings,
  signal: AbortSignal,
): Promise<Tried> {
  const { connection, planning, bases, clock } = settings;
  const { plan } = planning;
  const mark = markOf(record);
  try {
    const held = await readHeld(settings, plan, record.value.alertId, signal);
    if ('refusal' in held) return afterRefusal(held.refusal, unheld);
    const known = knownAs(mark, held.resources, plan);
    if (known !== undefined) return known;
    const referring = { bases, unheld };
    const { base } = connection;
    const entries = entriesOf({
      alert: record.value,
      mark,
      plan,
      held: held.resources,
      referring,
      base,
    });
    const answer = await send(entries, plan, connection, signal);
    if (isDone(answer, entries.length)) return { kind: 'written' };
    if (refusesOwnIds(answer) && planning.ownIdsRefused(plan)) return OTHERWISE;
    return afterRefusal(refusalOf(answer, clock.now()), unheld);
  } catch (error) {
    signal.throwIfAborted();
    // Certificates, rights and secrets are mended while the process runs; no alert is given up for them.
    if (isStreamsError(error)) return { kind: 'again', code: error.code, after: undefined };
    throw error;
  }
}

/** Whether there is nothing to write: the server holds this record already, or a newer one. */
function knownAs(mark: RecordMark, held: HeldResources, plan: Plan): Written | undefined {
  const marks = [...held.values()].flatMap((one) => one.mark ?? []);
  if (marks.some((one) => isOlder(mark, one))) return { kind: 'older' };
  const all = held.size === plan.ways.size && marks.length === held.size;
  return all && marks.every((one) => isSame(one, mark)) ? { kind: 'written' } : undefined;
}

function send(
  entries: readonly Entry[],
  { transaction }: Plan,
  connection: FhirConnection,
  signal: AbortSignal,
): Promise<Answer> {
  const [only] = entries;
  if (transaction || only === undefined) {
    const json: Bundle = { resourceType: 'Bundle', type: 'transaction', entry: [...entries] };
    return connection.ask({ method: 'POST', path: '', json }, signal);
  }
  const { method, url, ifMatch, ifNoneExist } = only.request;
  const headers = {
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    ...(ifNoneExist === undefined ? {} : { 'if-none-exist': ifNoneExist }),
  };
  return connection.ask(
    { method: method === 'POST' ? 'POST' : 'PUT', path: url, headers, json: only.resource },
    signal,
  );
}

function afterRefusal(refusal: Refusal, unheld: Set<string>): Tried {
  switch (refusal.kind) {
    case 'conflict':
      return { kind: 'again', code: 'fhir-conflict', after: undefined };
    case 'later':
      return { kind: 'again', code: refusal.code, after: refusal.after };
    case 'never':
      return { kind: 'refused', reason: refusal.reason };
    case 'unheld': {
      // A patient may still arrive. What an alert rests on is then named, and no longer referred to.
      const { type } = refusal;
      if (type === 'Patient' || unheld.has(type))
        return { kind: 'again', code: 'fhir-patient-missing', after: undefined };
      unheld.add(type);
      return OTHERWISE;
    }
  }
}
