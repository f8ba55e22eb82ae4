import { createHash } from 'node:crypto';
import { instantMs } from '../../schemas/fhir/time.ts';
import { Elements, isArrayAt, isObjectAt, member, textOf } from '../files/json-spans.ts';

/** A resource that a search has found, as the server wrote it. */
export interface Found {
  readonly json: Buffer;
  /** The same for the same version of the same resource, and for no other; tells neither. */
  readonly version: string;
  /** Epoch milliseconds; undefined where the server does not say it. */
  readonly lastUpdated: number | undefined;
}

export interface SearchPage {
  readonly found: readonly Found[];
  /** Address of the next page, as the server gives it. */
  readonly next: string | undefined;
  /** What the server says that it has searched for. */
  readonly self: string | undefined;
}

/** Reads an answer to a search; undefined when it is no Bundle, or a broken one. What was included beside the matches is left out. */
export function searchPage(body: string): SearchPage | undefined {
  const json = Buffer.from(body);
  const type = member(json, 'resourceType');
  if (type === undefined || textOf(type, 0, type.length) !== 'Bundle') return undefined;
  const entries = elementsOf(member(json, 'entry'));
  const linked = elementsOf(member(json, 'link'));
  // What stands behind the broken place is not seen, and a cursor must not pass it.
  if (entries === undefined || linked === undefined) return undefined;
  const found: Found[] = [];
  for (const entry of entries) {
    const resource = isObjectAt(entry, 0) ? member(entry, 'resource') : undefined;
    // One that is broken may hold a resource that is not seen.
    if (resource === undefined && !isJson(entry)) return undefined;
    const search = member(entry, 'search');
    const mode = search === undefined ? undefined : textIn(search, 'mode');
    if (resource !== undefined && (mode === undefined || mode === 'match')) found.push(foundOf(resource));
  }
  const links = new Map(linked.map((link) => [textIn(link, 'relation'), textIn(link, 'url')]));
  return { found, next: links.get('next'), self: links.get('self') };
}

function foundOf(json: Buffer): Found {
  const meta = member(json, 'meta') ?? Buffer.from('{}');
  const updated = textIn(meta, 'lastUpdated');
  const time = updated === undefined ? Number.NaN : instantMs(updated);
  const version = textIn(meta, 'versionId') ?? updated ?? createHash('sha256').update(json).digest('hex');
  const name = `${textIn(json, 'resourceType')}/${textIn(json, 'id')}/${version}`;
  return {
    json,
    version: createHash('sha256').update(name).digest('base64url').slice(0, 22),
    lastUpdated: Number.isNaN(time) ? undefined : time,
  };
}

function textIn(json: Buffer, name: string): string | undefined {
  const value = member(json, name);
  return value === undefined ? undefined : textOf(value, 0, value.length);
}

function isJson(text: Buffer): boolean {
  try {
    JSON.parse(text.toString());
    return true;
  } catch {
    return false;
  }
}

/** Undefined when the list does not end as one. */
function elementsOf(list: Buffer | undefined): Buffer[] | undefined {
  if (list === undefined || !isArrayAt(list, 0)) return [];
  const found: Buffer[] = [];
  const elements = new Elements(list, 0, list.length);
  while (elements.next()) found.push(list.subarray(elements.valueStart, elements.valueEnd));
  return elements.end < 0 ? undefined : found;
}
