import { StreamsError } from '../../topology/model/errors.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { FhirConnection } from '../ehr/connection.ts';
import { retryAfterOf } from '../sink/back-off.ts';
import { type SearchPage, searchPage } from './search-page.ts';

/** May help later, and when the server says. */
export class Later extends StreamsError {
  readonly after: number | undefined;

  constructor(what: string, after: number | undefined) {
    super('fhir-unavailable', what);
    this.after = after;
  }
}

/** The server has let go of the pages of a search: it is to be begun anew. */
export class Expired extends Later {}

/** Characters of a page. */
const LONGEST = 64 << 20;

/**
 * Fetches one page, with the time at which it was asked for: by the server's clock where it tells it, which it does when it answers.
 * Redirects are not followed.
 * @throws Later, Expired; StreamsError `fhir-read-refused`, `fhir-search-unfit`, and what the connection throws.
 */
export async function pageAt(
  connection: FhirConnection,
  url: string,
  isFirst: boolean,
  clock: Clock,
  signal: AbortSignal,
): Promise<SearchPage & { readonly asked: number }> {
  const { who } = connection;
  const began = clock.now();
  // While nothing new comes the address stays the same, and HAPI repeats what it found up to a minute ago.
  const headers = { 'cache-control': 'no-cache' };
  const answer = await connection.ask({ method: 'GET', path: '', url, headers, longest: LONGEST }, signal);
  const took = Math.max(0, clock.now() - began);
  const { status } = answer;
  if (status === 401 || status === 403)
    throw new StreamsError('fhir-read-refused', `${who} refuses the search (${status}).`);
  if (status === 408 || status === 429 || status >= 500)
    throw new Later(`${who} answers ${status}.`, retryAfterOf(answer.headers['retry-after'], clock.now()));
  if (!isFirst && (status === 404 || status === 410))
    throw new Expired(`${who} has lost the page.`, undefined);
  if (status !== 200) throw new StreamsError('fhir-search-unfit', `${who} answers ${status} to the search.`);
  const page = searchPage(answer.body);
  if (page === undefined)
    throw new StreamsError('fhir-search-unfit', `${who} answers with no Bundle, or a broken one.`);
  const date = Date.parse(answer.headers['date'] ?? '');
  return { ...page, asked: Number.isNaN(date) ? began : date - took };
}

/**
 * Address of the next page: what the server says, if it leads to the same server. Who is asked gets our credentials.
 * @throws StreamsError `fhir-search-unfit`
 */
export function nextAddress(next: string, from: string): string {
  const url = URL.parse(next, from);
  if (url === null) throw new StreamsError('fhir-search-unfit', 'The address of the next page is none.');
  if (url.origin !== new URL(from).origin)
    throw new StreamsError(
      'fhir-search-unfit',
      `The next page is on another server, ${url.origin}, which is not asked.`,
    );
  return url.href;
}
