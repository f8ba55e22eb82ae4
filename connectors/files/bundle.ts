import { type LocalNames, localName, serverOf, withOuterReferences } from './bundle-references.ts';
import {
  Elements,
  isArrayAt,
  isObjectAt,
  Members,
  member,
  skipSpace,
  textOf,
  valueEnd,
} from './json-spans.ts';

/** A resource of a Bundle, and the index of its entry. */
export interface BundleResource {
  readonly index: number;
  readonly json: Buffer;
}

interface Entry {
  readonly index: number;
  readonly fullUrl: string | undefined;
  readonly resource: Buffer;
  readonly type: string;
  readonly id: string | undefined;
}

/** True for a whole JSON object whose `resourceType` is Bundle, whatever is wrong inside its entries. */
export function isBundle(json: Buffer): boolean {
  const type = member(json, 'resourceType');
  return type !== undefined && textOf(type, 0, type.length) === 'Bundle';
}

/** What stands behind the JSON text that a line or a document begins with; empty when there is nothing more. */
export function behindFirst(json: Buffer): Buffer {
  const end = valueEnd(json, skipSpace(json, 0, json.length), json.length);
  return end < 0 ? json.subarray(json.length) : json.subarray(skipSpace(json, end, json.length));
}

/**
 * The resources of a Bundle of any type, in order, with references that mean the same outside it. Entries without a
 * resource are passed over. Resources are cut out, not parsed and written again, so each stays what its sender wrote,
 * and one that is broken takes no other with it. An entry that is a resource itself is read as one. An entry that is broken, what
 * stands behind a broken place of the list, and entries that are no list are given as they stand: whoever reads them says what is
 * wrong, and nothing is lost unseen.
 */
export function* bundleResources(json: Buffer): Generator<BundleResource> {
  const entries = entriesOf(json);
  const names = localNames(entries);
  for (const { index, fullUrl, type, resource } of entries) {
    yield { index, json: withOuterReferences(resource, names, serverOf(fullUrl, type)) };
  }
}

function localNames(entries: readonly Entry[]): LocalNames {
  const names = new Map<string, string>();
  for (const { fullUrl, type, id } of entries) {
    // A full URL on a server is the resource's identity and stays as it is.
    if (fullUrl === undefined || serverOf(fullUrl, type) !== undefined) continue;
    const name = localName(fullUrl, type, id);
    if (name !== undefined) names.set(fullUrl, name);
  }
  return names;
}

function entriesOf(json: Buffer): Entry[] {
  const list = member(json, 'entry');
  if (list === undefined || list.equals(NULL)) return [];
  if (!isArrayAt(list, 0)) return [asItStands(list, 0)];
  const entries: Entry[] = [];
  const elements = new Elements(list, 0, list.length);
  let index = 0;
  for (; elements.next(); index++) {
    const entry = entryAt(list.subarray(elements.valueStart, elements.valueEnd), index);
    if (entry !== undefined) entries.push(entry);
  }
  if (elements.end < 0) entries.push(asItStands(list.subarray(elements.valueEnd), index));
  return entries;
}

const NULL = Buffer.from('null');

const asItStands = (json: Buffer, index: number): Entry => ({
  index,
  fullUrl: undefined,
  resource: json,
  type: '',
  id: undefined,
});

function entryAt(json: Buffer, index: number): Entry | undefined {
  if (!isObjectAt(json, 0)) return asItStands(json, index);
  const members = new Members(json, 0, json.length);
  let fullUrl: string | undefined;
  let resource: Buffer | undefined;
  while (members.next()) {
    const { valueStart, valueEnd } = members;
    if (members.is('fullUrl')) fullUrl = textOf(json, valueStart, valueEnd);
    else if (members.is('resource')) resource = json.subarray(valueStart, valueEnd);
    else if (members.is('resourceType')) resource ??= json;
  }
  if (members.end < 0) return asItStands(json, index);
  if (resource === undefined || !isObjectAt(resource, 0)) return undefined;
  return { index, fullUrl, resource, ...identityOf(resource) };
}

function identityOf(resource: Buffer): { type: string; id: string | undefined } {
  const members = new Members(resource, skipSpace(resource, 0, resource.length), resource.length);
  let type = '';
  let id: string | undefined;
  while (members.next()) {
    if (members.is('resourceType')) type = textOf(resource, members.valueStart, members.valueEnd) ?? '';
    else if (members.is('id')) id = textOf(resource, members.valueStart, members.valueEnd);
  }
  return { type, id };
}
