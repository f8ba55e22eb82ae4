/**
 * Where the first field of the wrong JSON type is. Reading only learns that there may be one; this looks again, over
 * the parsed text, for the path. Rare, so it may be slow. "First" is the order of the tables below, not of the record.
 */
type Shape =
  | { readonly is: 'string' | 'number' | 'boolean' }
  | { readonly is: 'object'; readonly fields: Readonly<Record<string, Shape>> }
  /** `first`: the shape of the element with index 0, where only that one is read. */
  | { readonly is: 'array'; readonly each?: Shape; readonly first?: Shape; readonly orOne?: boolean };

const STRING: Shape = { is: 'string' };
const NUMBER: Shape = { is: 'number' };
const object = (fields: Readonly<Record<string, Shape>>): Shape => ({ is: 'object', fields });
const ANY_OBJECT: Shape = object({});

const CONCEPT = object({
  coding: { is: 'array', each: object({ system: STRING, code: STRING, display: STRING }) },
  text: STRING,
});
const REFERENCE = object({ reference: STRING });
const SUBJECT = object({ reference: STRING, identifier: object({ system: STRING, value: STRING }) });
const PERIOD = object({ start: STRING, end: STRING });
const CATEGORY: Shape = { is: 'array', each: object({ text: STRING }), orOne: true };

const VALUE: Readonly<Record<string, Shape>> = {
  valueQuantity: object({ value: NUMBER, comparator: STRING, unit: STRING, system: STRING, code: STRING }),
  valueInteger: NUMBER,
  valueCodeableConcept: CONCEPT,
  valueString: STRING,
  valueRange: ANY_OBJECT,
  valueRatio: ANY_OBJECT,
  valueSampledData: ANY_OBJECT,
  valueBoolean: { is: 'boolean' },
  valueDateTime: STRING,
  valueTime: STRING,
  valuePeriod: ANY_OBJECT,
};

const EVERY = { id: STRING, meta: object({ versionId: STRING, lastUpdated: STRING }) };
const OURS = { ...EVERY, status: STRING, subject: SUBJECT, patient: SUBJECT };

const RESOURCES: Readonly<Record<string, Shape>> = {
  Observation: object({
    ...OURS,
    code: CONCEPT,
    encounter: REFERENCE,
    focus: { is: 'array', each: ANY_OBJECT },
    effectiveDateTime: STRING,
    effectiveInstant: STRING,
    effectivePeriod: PERIOD,
    effectiveTiming: object({ event: { is: 'array', first: STRING } }),
    issued: STRING,
    dataAbsentReason: ANY_OBJECT,
    ...VALUE,
    component: { is: 'array', each: object({ code: CONCEPT, dataAbsentReason: ANY_OBJECT, ...VALUE }) },
    hasMember: { is: 'array', each: ANY_OBJECT },
    category: CATEGORY,
  }),
  Encounter: object({
    ...OURS,
    class: object({ code: STRING }),
    period: PERIOD,
    location: {
      is: 'array',
      first: object({ location: object({ display: STRING, reference: STRING }) }),
    },
    partOf: REFERENCE,
  }),
  MedicationRequest: object({
    ...OURS,
    intent: STRING,
    medicationCodeableConcept: CONCEPT,
    encounter: REFERENCE,
    authoredOn: STRING,
    dosageInstruction: {
      is: 'array',
      first: object({ timing: object({ repeat: object({ boundsPeriod: PERIOD }) }) }),
      each: object({ route: CONCEPT }),
    },
    category: CATEGORY,
  }),
};

/** The path of the first wrongly typed field, as in `component[1].valueQuantity`; undefined: there is none. */
export function malformedPath(resourceType: string, resource: unknown): string | undefined {
  return fault(
    Object.hasOwn(RESOURCES, resourceType) ? RESOURCES[resourceType] : object(EVERY),
    resource,
    '',
  );
}

function fault(shape: Shape | undefined, value: unknown, path: string): string | undefined {
  if (shape === undefined || value === undefined || value === null) return undefined;
  if (shape.is === 'array') return faultInArray(shape, value, path);
  if (shape.is !== 'object') return typeof value === shape.is ? undefined : path;
  if (typeof value !== 'object' || Array.isArray(value)) return path;
  const members = new Map<string, unknown>(Object.entries(value));
  for (const [name, inner] of Object.entries(shape.fields)) {
    const found = fault(inner, members.get(name), path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function faultInArray(shape: Shape & { is: 'array' }, value: unknown, path: string): string | undefined {
  if (!Array.isArray(value)) {
    const one = shape.orOne === true && typeof value === 'object';
    return one ? fault(shape.each, value, path) : path;
  }
  for (const [index, element] of value.entries()) {
    const found =
      (index === 0 ? fault(shape.first, element, `${path}[0]`) : undefined) ??
      fault(shape.each, element, `${path}[${index}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}
