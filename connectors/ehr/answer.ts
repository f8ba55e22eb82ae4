import type { BundleEntryRequest } from 'fhir/r4.js';
import { retryAfterOf } from '../sink/back-off.ts';
import { field, list } from './capability.ts';

/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Empty when it was longer than anybody wants to read. */
  readonly body: string;
}

/** The body as JSON; undefined when it is none. */
export function jsonOf({ body }: Answer): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Whether a FHIR server said it. */
export const isOutcomeOf = (answer: Answer): boolean =>
  field(jsonOf(answer), 'resourceType') === 'OperationOutcome';

/** What an answer that is no success means for what was asked. */
export type Refusal =
  /** Somebody else wrote it meanwhile, or an earlier try did: read it again, compare, and try again. */
  | { readonly kind: 'conflict' }
  /** May help later. */
  | { readonly kind: 'later'; readonly code: RetryCode; readonly after: number | undefined }
  /** The server does not hold a resource of this type that is referred to. */
  | { readonly kind: 'unheld'; readonly type: string }
  /** It will never take it: status and codes, never a text of the server, which may hold a patient. */
  | { readonly kind: 'never'; readonly reason: string };

type RetryCode = 'fhir-unavailable' | 'fhir-not-authorized';

/** What never changes by itself; without an OperationOutcome the first four only: a proxy has no such page for a record. */
const PERMANENT: ReadonlySet<number> = new Set([400, 413, 415, 422]);
const PERMANENT_WITH_OUTCOME: ReadonlySet<number> = new Set([404, 405, 410, 501]);

/**
 * HAPI: a reference to a resource that is not there (1094), or is deleted (1096), with its type. One that is being created
 * at this moment can look deleted too.
 */
const UNHELD = /\bHAPI-109[46]: Resource ([A-Z][A-Za-z]{1,40})\//;

export function refusalOf(answer: Answer, now: number): Refusal {
  const { status } = answer;
  if (status === 409 || status === 412) return { kind: 'conflict' };
  if (status === 401 || status === 403)
    return { kind: 'later', code: 'fhir-not-authorized', after: undefined };
  const outcome = jsonOf(answer);
  const isOutcome = isOutcomeOf(answer);
  const unheld = UNHELD.exec(isOutcome ? answer.body : '')?.[1];
  if (unheld !== undefined) return { kind: 'unheld', type: unheld };
  if (PERMANENT.has(status) || (isOutcome && PERMANENT_WITH_OUTCOME.has(status)))
    return { kind: 'never', reason: [`fhir-${status}`, ...codesIn(outcome, answer.body)].join(' ') };
  return { kind: 'later', code: 'fhir-unavailable', after: retryAfterOf(answer.headers['retry-after'], now) };
}

/** Whether a server says that it gives ids itself: 405 as FHIR has it, some say 404; HAPI has words of its own. */
export const refusesOwnIds = (answer: Answer): boolean =>
  isOutcomeOf(answer) &&
  (answer.status === 405 || answer.status === 404 || /\bHAPI-(?:0959|0960)\b/.test(answer.body));

/** Codes of the issues, from FHIR's closed list, and HAPI's number of its message. */
function codesIn(outcome: unknown, body: string): string[] {
  const codes = list(outcome, 'issue').map((issue) => field(issue, 'code'));
  const known = codes.filter((code) => typeof code === 'string' && /^[a-z-]{2,32}$/.test(code));
  return [...new Set([...known, ...(body.match(/\bHAPI-\d{4}\b/g) ?? [])].map(String))].slice(0, 8);
}

/** Whether a transaction, or one request alone, was carried out whole. */
export function isDone(answer: Answer, entries: number): boolean {
  const { status } = answer;
  if (entries === 1 && (status === 201 || status === 204)) return true;
  if (status !== 200) return false;
  const body = jsonOf(answer);
  // A page of somebody who stands before the server is no answer of it.
  if (entries === 1 && field(body, 'type') !== 'transaction-response')
    return answer.body === '' || typeof field(body, 'resourceType') === 'string';
  const answers = statusesIn(body);
  return answers.length === entries && answers.every((one) => one.startsWith('2'));
}

/**
 * Whether something of what is done was not written: a creation under a condition creates with 201, and every other success
 * says that it found what another has written.
 */
export function foundAnother(answer: Answer, entries: readonly { request: BundleEntryRequest }[]): boolean {
  const body = jsonOf(answer);
  const isBundle = field(body, 'type') === 'transaction-response';
  const statuses = isBundle ? statusesIn(body) : [String(answer.status)];
  return entries.some(
    ({ request }, i) => request.ifNoneExist !== undefined && !statuses[i]?.startsWith('201'),
  );
}

/** Of the entries of a bundle, in the order in which they were asked for. */
const statusesIn = (bundle: unknown): string[] =>
  list(bundle, 'entry').map((entry) => String(field(field(entry, 'response'), 'status')));
