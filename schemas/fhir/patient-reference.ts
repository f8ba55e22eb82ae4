import type { Reference } from './resource.ts';

/** Patient id by `system|value`; the value may be a bare id of the base or a full reference. */
export type IdentifierMap = ReadonlyMap<string, string>;

export interface Bases {
  /** Server that relative references belong to, without a slash at the end; undefined: references stay as written. */
  readonly base?: string;
  /** Other addresses of the same server: their patients are the same patients. */
  readonly aliases?: readonly string[];
}

/** Who a resource is about: the full reference that keys it, or why there is none. */
export type Subject =
  | { readonly patient: string }
  | { readonly ignored: 'subject-not-patient' }
  | { readonly dead: 'missing-subject' | 'contained-subject' | 'unknown-patient'; readonly detail: string };

const ID = /^[^/?#\s]+$/;

/** Resolves subjects. Nothing is remembered: there are as many references as patients. */
export function subjectResolver(
  bases: Bases,
  identifiers: IdentifierMap,
): (subject: Reference | undefined) => Subject {
  return (subject) => {
    if (subject === undefined) return MISSING;
    const { reference, identifierSystem, identifierValue } = subject;
    const literal =
      reference !== undefined &&
      reference !== '' &&
      !(reference.startsWith('#') && identifierValue !== undefined);
    if (literal) return byReference(reference, bases, identifiers);
    if (identifierValue === undefined) return MISSING;
    return byIdentifier(`${identifierSystem ?? ''}|${identifierValue}`, bases, identifiers);
  };
}

/** The commonest form by far, recognised at once. */
const RELATIVE = /^Patient\/[^/?#\s]+$/;

const MISSING: Subject = {
  dead: 'missing-subject',
  detail: 'subject: neither a reference nor an identifier',
};

function byIdentifier(key: string, bases: Bases, identifiers: IdentifierMap): Subject {
  const id = identifiers.get(key);
  if (id === undefined)
    return { dead: 'unknown-patient', detail: 'subject.identifier is not in the identifier map' };
  return { patient: absolute(id.includes('/') ? id : `Patient/${id}`, bases) };
}

function byReference(reference: string, bases: Bases, identifiers: IdentifierMap): Subject {
  if (RELATIVE.test(reference)) return { patient: absolute(reference, bases) };
  if (reference.startsWith('#'))
    return { dead: 'contained-subject', detail: 'subject.reference points into the resource itself' };
  const conditional = /^Patient\?identifier=([^&]+)$/.exec(reference)?.[1];
  if (conditional !== undefined) return byIdentifier(decoded(conditional), bases, identifiers);
  if (reference.startsWith('urn:')) {
    return {
      dead: 'unknown-patient',
      detail: 'subject.reference is a urn, which means something only inside its Bundle',
    };
  }
  const path = withoutVersion(reference);
  const segments = path.split('/');
  const id = segments.pop() ?? '';
  const type = segments.pop();
  if (type !== undefined && type !== 'Patient' && /^[A-Z][A-Za-z]+$/.test(type))
    return { ignored: 'subject-not-patient' };
  if (type !== 'Patient' || !ID.test(id))
    return { dead: 'unknown-patient', detail: 'subject.reference is not a reference to a Patient' };
  return { patient: absolute(path, bases) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A reference without the version that it may name: `/_history/n` at its end. */
export function withoutVersion(reference: string): string {
  const at = reference.indexOf('/_history/');
  return at < 0 ? reference : reference.slice(0, at);
}

/** A relative reference made absolute with the base; an alias of the base replaced by it; others as they are. */
export function absolute(reference: string, { base, aliases = [] }: Bases): string {
  if (base === undefined) return reference;
  if (!/^[a-z][a-z0-9+.-]*:/i.test(reference)) return `${base}/${reference}`;
  const alias = aliases.find((other) => reference.startsWith(`${other}/`));
  return alias === undefined ? reference : base + reference.slice(alias.length);
}
