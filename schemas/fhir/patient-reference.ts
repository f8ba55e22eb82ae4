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

/** Resolves subjects, and remembers the answers: a reference comes a thousand times. */
export function subjectResolver(
  bases: Bases,
  identifiers: IdentifierMap,
): (subject: Reference | undefined) => Subject {
  const references = new Map<string, Subject>();
  const byIdentifiers = new Map<string, Subject>();
  const limit = 262_144;
  const resolve = (known: Map<string, Subject>, key: string, make: () => Subject): Subject => {
    let subject = known.get(key);
    if (subject === undefined) {
      subject = make();
      if (known.size >= limit) known.clear();
      known.set(key, subject);
    }
    return subject;
  };
  return (subject) => {
    if (subject === undefined) return MISSING;
    const { reference, identifierSystem, identifierValue } = subject;
    const literal =
      reference !== undefined &&
      reference !== '' &&
      !(reference.startsWith('#') && identifierValue !== undefined);
    if (literal) return resolve(references, reference, () => byReference(reference, bases, identifiers));
    if (identifierValue === undefined) return MISSING;
    const key = `${identifierSystem ?? ''}|${identifierValue}`;
    return resolve(byIdentifiers, key, () => byIdentifier(key, bases, identifiers));
  };
}

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
  const [path = ''] = reference.split('/_history/');
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

/** A relative reference made absolute with the base; an alias of the base replaced by it; others as they are. */
export function absolute(reference: string, { base, aliases = [] }: Bases): string {
  if (base === undefined) return reference;
  if (!/^[a-z][a-z0-9+.-]*:/i.test(reference)) return `${base}/${reference}`;
  const alias = aliases.find((other) => reference.startsWith(`${other}/`));
  return alias === undefined ? reference : base + reference.slice(alias.length);
}
