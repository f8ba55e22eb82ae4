import type { Coding, Concept, FhirResource, Quantity, Value } from '../../../schemas/fhir/resource.ts';
import { isObject, type Json, PlainFields } from './plain-fields.ts';

/** What a plain reader makes of a text: the resource, and the path of every field of the wrong JSON type. */
export interface PlainReading {
  readonly resource: Omit<FhirResource, 'malformed'>;
  readonly faults: ReadonlySet<string>;
}

const OTHER_VALUES: Readonly<Record<string, string>> = {
  valueString: 'string',
  valueRange: 'Range',
  valueRatio: 'Ratio',
  valueSampledData: 'SampledData',
  valueBoolean: 'boolean',
  valueDateTime: 'dateTime',
  valueTime: 'time',
  valuePeriod: 'Period',
};

/** The reader as one would write it without a thought for speed: `JSON.parse`, then pick. */
export function plainRead(text: string): PlainReading | 'not-json' | 'not-fhir' {
  const outer = parsed(text);
  if (outer === undefined) return 'not-json';
  if (!isObject(outer.value)) return 'not-fhir';
  if (typeof outer.value['resourceType'] === 'string') return new Picking().resource(outer.value);
  const enclosed = outer.value['ResourceJson'];
  if (typeof enclosed !== 'string') return resourceOrNot(enclosed);
  const inner = parsed(enclosed);
  return inner === undefined ? 'not-json' : resourceOrNot(inner.value);
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
}

const resourceOrNot = (value: unknown): PlainReading | 'not-fhir' =>
  isObject(value) && typeof value['resourceType'] === 'string' ? new Picking().resource(value) : 'not-fhir';

class Picking extends PlainFields {
  resource(from: Json): PlainReading {
    const type = String(from['resourceType']);
    const observation = type === 'Observation';
    const encounter = type === 'Encounter';
    const order = type === 'MedicationRequest';
    const ours = observation || encounter || order;
    /** Reads a field whose faults count only for some types: elsewhere it may be something else in FHIR. */
    const read = <T>(counts: boolean, pick: (picking: Picking) => T): T =>
      pick(counts ? this : new Picking());

    const meta = this.object(from, 'meta', '');
    const code = read(observation, (p) => p.concept(from, 'code', ''));
    const medication = read(order, (p) => p.concept(from, 'medicationCodeableConcept', ''));
    const subject = read(ours, (p) => p.object(from, 'subject', ''));
    const patient = read(ours, (p) => p.object(from, 'patient', ''));
    const subjectReference = read(ours, (p) => p.reference(subject, 'subject'));
    const patientReference = read(ours, (p) => p.reference(patient, 'patient'));
    const effectivePeriod = read(observation, (p) => p.period(from, 'effectivePeriod', ''));
    const encounterPeriod = read(encounter, (p) => p.period(from, 'period', ''));
    const period = encounter ? encounterPeriod : effectivePeriod;
    const timing = read(observation, (p) => p.object(from, 'effectiveTiming', ''));
    const dosages = read(order, (p) => p.objects(from, 'dosageInstruction', ''));
    const routes = dosages.map(([dosage, path]) => read(order, (p) => p.route(dosage, path)));
    const bounds = dosages
      .filter(([, path]) => path === 'dosageInstruction[0]')
      .map(([dosage, path]) => read(order, (p) => p.boundsStart(dosage, path)));
    const encounterClass = read(encounter, (p) => p.text(p.object(from, 'class', ''), 'code', 'class'));
    const resource = {
      resourceType: type,
      id: this.text(from, 'id', ''),
      versionId: this.text(meta, 'versionId', 'meta'),
      lastUpdated: this.text(meta, 'lastUpdated', 'meta'),
      status: read(ours, (p) => p.text(from, 'status', '')),
      intent: read(order, (p) => p.text(from, 'intent', '')),
      code: order ? medication : code,
      subject: subjectReference ?? patientReference,
      encounter: read(observation || order, (p) =>
        p.text(p.object(from, 'encounter', ''), 'reference', 'encounter'),
      ),
      focus: read(observation, (p) => p.objects(from, 'focus', '').length > 0),
      effectiveDateTime: read(observation, (p) => p.text(from, 'effectiveDateTime', '')),
      effectiveInstant: read(observation, (p) => p.text(from, 'effectiveInstant', '')),
      periodStart: period.start,
      periodEnd: period.end,
      timingEvent: read(observation, (p) => p.firstEvent(timing)),
      timing: timing !== undefined,
      issued: read(observation, (p) => p.text(from, 'issued', '')),
      authoredOn: read(order, (p) => p.text(from, 'authoredOn', '')),
      value: read(observation, (p) => p.value(from, '')),
      dataAbsent: read(observation, (p) => p.object(from, 'dataAbsentReason', '') !== undefined),
      components: read(observation, (p) =>
        p.objects(from, 'component', '').map(([component, path]) => ({
          code: p.concept(component, 'code', path),
          value: p.value(component, path),
          dataAbsent: p.object(component, 'dataAbsentReason', path) !== undefined,
        })),
      ),
      hasMember: read(observation, (p) => p.objects(from, 'hasMember', '').length > 0),
      encounterClass: encounter ? encounterClass : undefined,
      location: read(encounter, (p) => p.firstLocation(from)),
      partOf: read(encounter, (p) => p.text(p.object(from, 'partOf', ''), 'reference', 'partOf')),
      route: joined(routes),
      category: read(observation || order, (p) => p.category(from)),
      boundsStart: bounds[0],
    };
    return { resource, faults: this.faults };
  }

  private concept(from: Json | undefined, key: string, path: string): Concept {
    const concept = this.object(from, key, path);
    const base = path === '' ? key : `${path}.${key}`;
    const codings = this.objects(concept, 'coding', base).map(
      ([coding, at]): Coding => ({
        system: this.text(coding, 'system', at),
        code: this.text(coding, 'code', at),
        display: this.text(coding, 'display', at),
      }),
    );
    return { codings, text: this.text(concept, 'text', base) };
  }

  private reference(reference: Json | undefined, path: string): FhirResource['subject'] {
    if (reference === undefined) return undefined;
    const identifier = this.object(reference, 'identifier', path);
    return {
      reference: this.text(reference, 'reference', path),
      identifierSystem: this.text(identifier, 'system', `${path}.identifier`),
      identifierValue: this.text(identifier, 'value', `${path}.identifier`),
    };
  }

  private period(
    from: Json | undefined,
    key: string,
    path: string,
  ): { start: string | undefined; end: string | undefined } {
    const period = this.object(from, key, path);
    const base = path === '' ? key : `${path}.${key}`;
    return { start: this.text(period, 'start', base), end: this.text(period, 'end', base) };
  }

  private value(from: Json, path: string): Value {
    const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
    const isNumber = (value: unknown): value is number => typeof value === 'number';
    const integer = this.field(from, 'valueInteger', path, isNumber);
    const isConcept = this.object(from, 'valueCodeableConcept', path) !== undefined;
    const concept = this.concept(from, 'valueCodeableConcept', path);
    const others = Object.keys(OTHER_VALUES).filter((key) => {
      if (key === 'valueBoolean')
        return this.field(from, key, path, (value) => typeof value === 'boolean') !== undefined;
      const isText = ['valueString', 'valueDateTime', 'valueTime'].includes(key);
      return (isText ? this.text(from, key, path) : this.object(from, key, path)) !== undefined;
    });
    const quantity = this.object(from, 'valueQuantity', path);
    if (quantity !== undefined) return this.quantity(quantity, at('valueQuantity'));
    if (integer !== undefined) return { kind: 'integer', value: integer };
    if (isConcept) return { kind: 'concept', concept };
    const [first] = others;
    return first === undefined ? { kind: 'absent' } : { kind: 'other', type: OTHER_VALUES[first] ?? '' };
  }

  private quantity(quantity: Json, path: string): Quantity {
    const value = this.field(quantity, 'value', path, (given) => typeof given === 'number');
    return {
      kind: 'quantity',
      value,
      notNumber: value === undefined && (quantity['value'] ?? null) !== null,
      comparator: this.text(quantity, 'comparator', path),
      unit: this.text(quantity, 'unit', path),
      system: this.text(quantity, 'system', path),
      code: this.text(quantity, 'code', path),
    };
  }

  private firstEvent(timing: Json | undefined): string | undefined {
    const [event] = this.array(timing, 'event', 'effectiveTiming');
    return this.text({ 'event[0]': event }, 'event[0]', 'effectiveTiming');
  }

  private firstLocation(from: Json): string | undefined {
    const [first] = this.array(from, 'location', '');
    const location = this.object(
      this.object({ 'location[0]': first }, 'location[0]', ''),
      'location',
      'location[0]',
    );
    const display = this.text(location, 'display', 'location[0].location');
    const reference = this.text(location, 'reference', 'location[0].location');
    return display ?? reference;
  }

  private route(dosage: Json, path: string): string | undefined {
    const route = this.concept(dosage, 'route', path);
    const named = route.codings.map((coding) => coding.code ?? coding.display);
    return route.text ?? named.find((name) => name !== undefined);
  }

  private boundsStart(dosage: Json, path: string): string | undefined {
    const timing = this.object(dosage, 'timing', path);
    const repeat = this.object(timing, 'repeat', `${path}.timing`);
    return this.period(repeat, 'boundsPeriod', `${path}.timing.repeat`).start;
  }

  private category(from: Json): string | undefined {
    if (isObject(from['category'])) return this.text(from['category'], 'text', 'category');
    return joined(
      this.objects(from, 'category', '').map(([category, path]) => this.text(category, 'text', path)),
    );
  }
}

function joined(texts: readonly (string | undefined)[]): string | undefined {
  const present = texts.filter((text) => text !== undefined);
  return present.length === 0 ? undefined : present.join(' ');
}
