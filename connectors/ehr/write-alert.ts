import type { Bundle } from 'fhir/r4.js';
import { type AlertRecord, markOf } from './alert-record.ts';
import { type Answer, foundAnother, isDone, type Refusal, refusalOf, refusesOwnIds } from './answer.ts';
import type { FhirConnection } from './connection.ts';
import { type Entry, entriesOf } from './entries.ts';
import type { HeldResources } from './held.ts';
import type { Plan } from './plan.ts';
import { readHeld } from './read-held.ts';
import { isOlder, isSame, type RecordMark } from './record-mark.ts';
import type { Planning } from './server.ts';
import {
  type Again,
  afterRefusal,
  again,
  type NeverWritten,
  OTHERWISE,
  type Trying,
  untilDecided,
} from './until-decided.ts';

export interface WritingSettings extends Trying {
  readonly connection: FhirConnection;
  readonly planning: Planning;
  /** Addresses under which alerts name the server that is written to. */
  readonly bases: readonly string[];
  /** How long a patient that the server does not hold is waited for, milliseconds. */
  readonly patientWait: number;
}

/** What became of an alert: written now or before; older than what the server holds; or never accepted. */
export type Written = { readonly kind: 'written' } | { readonly kind: 'older' } | NeverWritten;

const PATIENT_MISSING = 'fhir-patient-missing';

/**
 * Writes the last record of an alert, and tries again until that is decided. `last` is asked before each try: more may have
 * come while it waited. Throws when the signal aborts.
 */
export function writeAlert(
  last: () => AlertRecord,
  settings: WritingSettings,
  signal: AbortSignal,
): Promise<Written> {
  const unheld = new Set<string>();
  return untilDecided(
    () => attempt(last(), unheld, settings, signal),
    settings,
    { codes: new Set([PATIENT_MISSING]), longest: settings.patientWait },
    signal,
  );
}

async function attempt(
  record: AlertRecord,
  unheld: Set<string>,
  settings: WritingSettings,
  signal: AbortSignal,
): Promise<Written | Again> {
  const { connection, planning, bases, clock } = settings;
  const { plan } = planning;
  const mark = markOf(record);
  const held = await readHeld(settings, plan, record.value.alertId, signal);
  if ('refusal' in held) return refused(held.refusal, unheld);
  const known = knownAs(mark, held.resources, plan);
  if (known !== undefined) return known;
  const referring = { bases, unheld };
  const { base } = connection;
  const entries = entriesOf({ alert: record.value, mark, plan, held: held.resources, referring, base });
  const answer = await send(entries, plan, connection, signal);
  if (isDone(answer, entries.length)) {
    // What it found may be an older record, or this one: the next reading tells.
    return foundAnother(answer, entries) ? refused({ kind: 'conflict' }, unheld) : { kind: 'written' };
  }
  if (refusesOwnIds(answer) && planning.ownIdsRefused(plan)) return OTHERWISE;
  return refused(refusalOf(answer, clock.now()), unheld);
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

/** A patient may still arrive. What an alert rests on is named, once it is known to be missing, and no longer referred to. */
const refused = (refusal: Refusal, unheld: Set<string>): NeverWritten | Again =>
  afterRefusal(refusal, (type) => {
    if (type === 'Patient' || unheld.has(type)) return again(PATIENT_MISSING);
    unheld.add(type);
    return OTHERWISE;
  });
