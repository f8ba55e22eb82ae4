import { isStringAt, skipSpace, textOf, valueEnd } from './json-spans.ts';

/** What entries of a Bundle are called inside it: full URLs that name no place on a server, to `<Type>/<id>`. */
export type LocalNames = ReadonlyMap<string, string>;

const RESTFUL = /^(https?:\/\/.+)\/([A-Z][A-Za-z]+)\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[^/]+)?$/;
const RELATIVE = /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[^/]+)?$/;

/** The server that a full URL says its resource lives on; undefined for `urn:uuid:` and whatever else is no such address. */
export function serverOf(fullUrl: string | undefined, type: string): string | undefined {
  const match = fullUrl === undefined ? null : RESTFUL.exec(fullUrl);
  return match?.[2] === type ? match[1] : undefined;
}

/** `<Type>/<id>` for an entry that only its Bundle can name; without an id the last part of its urn. */
export function localName(fullUrl: string, type: string, id: string | undefined): string | undefined {
  if (id !== undefined) return `${type}/${id}`;
  return fullUrl.startsWith('urn:') ? `${type}/${fullUrl.slice(fullUrl.lastIndexOf(':') + 1)}` : undefined;
}

/**
 * The resource of an entry with its references made to mean the same outside the Bundle (FHIR R4, bundle.html#references):
 * a local name becomes `<Type>/<id>`; a relative reference of an entry that lives on a server becomes absolute, for
 * the same id on another server is another patient; `Patient?identifier=s|v` becomes `identifier`.
 * All other bytes stay as they are; without such references it is the same buffer.
 */
export function withOuterReferences(resource: Buffer, names: LocalNames, server: string | undefined): Buffer {
  const parts: Buffer[] = [];
  let done = 0;
  // A key stands before a colon; inside a string its quotes would be escaped, so the pattern is nothing else.
  for (let at = resource.indexOf(KEY); at >= 0; at = resource.indexOf(KEY, at + KEY.length)) {
    const colon = skipSpace(resource, at + KEY.length, resource.length);
    const start = skipSpace(resource, colon + 1, resource.length);
    if (resource[colon] !== COLON || !isStringAt(resource, start)) continue;
    const end = valueEnd(resource, start, resource.length);
    const reference = textOf(resource, start, end);
    const member = reference === undefined ? undefined : outerMember(reference, names, server);
    if (member === undefined) continue;
    parts.push(resource.subarray(done, at), Buffer.from(member));
    done = end;
  }
  return done === 0 ? resource : Buffer.concat([...parts, resource.subarray(done)]);
}

const KEY = Buffer.from('"reference"');
const COLON = 0x3a;

/** The member to stand in place of `"reference": …`; undefined when it may stay. */
function outerMember(reference: string, names: LocalNames, server: string | undefined): string | undefined {
  const name = names.get(reference);
  if (name !== undefined) return `"reference":${JSON.stringify(name)}`;
  if (server !== undefined && RELATIVE.test(reference)) {
    return `"reference":${JSON.stringify(`${server}/${reference}`)}`;
  }
  const identifier = conditionalIdentifier(reference);
  return identifier === undefined ? undefined : `"identifier":${JSON.stringify(identifier)}`;
}

function conditionalIdentifier(reference: string): { system?: string; value: string } | undefined {
  if (!reference.startsWith('Patient?')) return undefined;
  const search = [...new URLSearchParams(reference.slice('Patient?'.length))];
  const [name, token] = search[0] ?? [];
  // A second condition or a list of values does not name one identifier.
  if (search.length !== 1 || name !== 'identifier' || token === undefined || token.includes(','))
    return undefined;
  const bar = token.indexOf('|');
  const value = token.slice(bar + 1);
  if (value === '') return undefined;
  return bar > 0 ? { system: token.slice(0, bar), value } : { value };
}
