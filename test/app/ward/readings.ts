import type { CodeableConcept, Observation, Quantity } from 'fhir/r4.js';
import type { WardRecord } from '../../../app/ward/record.ts';

export type Sign = 'RR' | 'SBP' | 'GCS';

/** A value that qSOFA can use, read from a resource by the shortest way that fits what the ward writes. */
export interface Reading {
  readonly bed: string;
  readonly sign: Sign;
  readonly t: number;
  readonly value: number;
}

const SYSTOLIC = new Set(['8480-6', '76534-7']);
const POINTS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    ['LA6553-7', 'LA6554-5', 'LA6555-2', 'LA6556-0'],
    ['LA6557-8', 'LA6558-6', 'LA6559-4', 'LA6560-2', 'LA6561-0'],
    ['LA6562-8', 'LA6563-6', 'LA6564-4', 'LA6565-1', 'LA6566-9', 'LA6567-7'],
  ].flatMap((answers) => answers.map((code, n) => [code, n + 1])),
);

export const isObservation = (resource: WardRecord['resource']): resource is Observation =>
  resource.resourceType === 'Observation';

/** The patient that a resource means, whatever the form; undefined when it names none. */
export function bedOf(resource: WardRecord['resource']): string | undefined {
  const subject = resource.subject;
  return (
    /Patient\/([^/]+)/.exec(subject?.reference ?? '')?.[1] ?? subject?.identifier?.value?.replace(/^MRN-/, '')
  );
}

export function timeOf(resource: Observation): number {
  const { effectiveDateTime, effectiveInstant, effectivePeriod } = resource;
  return Date.parse(effectiveDateTime ?? effectiveInstant ?? effectivePeriod?.end ?? '');
}

export const hasCode = (concept: CodeableConcept, code: string): boolean =>
  concept.coding?.some((coding) => coding.code === code) ?? false;

/** The last version of each Observation that counts, as readings. */
export function finalReadings(records: Iterable<WardRecord>): Reading[] {
  const newest = new Map<string, Observation>();
  for (const { resource } of records) {
    if (!isObservation(resource) || resource.id === undefined) continue;
    const held = newest.get(resource.id);
    if (held === undefined || versionOf(resource) > versionOf(held)) newest.set(resource.id, resource);
  }
  return [...newest.values()].flatMap(readingsOf).concat(rowSums([...newest.values()]));
}

export const versionOf = (resource: Observation): number => Number(resource.meta?.versionId ?? 1);

export function readingsOf(resource: Observation): Reading[] {
  const bed = bedOf(resource);
  const t = timeOf(resource);
  const counts = ['final', 'corrected', 'preliminary'].includes(resource.status);
  const dated = /^\d{4}-\d\d-\d\d$/.test(resource.effectiveDateTime ?? '');
  if (bed === undefined || !counts || dated) return [];
  const one = (sign: Sign, value: number | undefined): Reading[] =>
    value === undefined ? [] : [{ bed, sign, t, value }];
  const codes = (resource.code.coding ?? []).map(({ code }) => code ?? '');
  if (codes.includes('9279-1')) return one('RR', quantityOf(resource.valueQuantity));
  if (codes.some((code) => SYSTOLIC.has(code))) return one('SBP', quantityOf(resource.valueQuantity));
  const systolic = resource.component?.find(({ code }) => hasCode(code, '8480-6'));
  if (systolic !== undefined) return one('SBP', quantityOf(systolic.valueQuantity));
  if (codes.includes('80288-4')) {
    return one('GCS', hasCode(resource.valueCodeableConcept ?? {}, '248234008') ? 15 : 13);
  }
  if (!codes.includes('9269-2') && !codes.includes('35088-4')) return [];
  const total = resource.valueInteger ?? resource.valueQuantity?.value;
  return one('GCS', total ?? sum((resource.component ?? []).map(pointsOf)));
}

/** GCS charted in three rows: their sum, when all three are numbers. */
function rowSums(resources: readonly Observation[]): Reading[] {
  const parts = ['9267-6', '9268-4', '9270-0'];
  const rows = resources.filter(({ code }) => parts.some((part) => hasCode(code, part)));
  return Object.values(Object.groupBy(rows, (row) => `${bedOf(row)} ${timeOf(row)}`)).flatMap((group) => {
    const first = group?.[0];
    const value = group?.length === 3 ? sum(group.map(pointsOf)) : undefined;
    const bed = first === undefined ? undefined : bedOf(first);
    if (first === undefined || bed === undefined || value === undefined) return [];
    return [{ bed, sign: 'GCS' as const, t: timeOf(first), value }];
  });
}

const pointsOf = (part: Pick<Observation, 'valueQuantity' | 'valueCodeableConcept'>): number | undefined =>
  part.valueQuantity?.value ?? POINTS[part.valueCodeableConcept?.coding?.[0]?.code ?? ''];

const sum = (points: readonly (number | undefined)[]): number | undefined =>
  points.reduce((total, n) => (total === undefined || n === undefined ? undefined : total + n), 0);

function quantityOf(quantity: Quantity | undefined): number | undefined {
  if (quantity?.value === undefined || quantity.unit === 'cm') return undefined;
  if (quantity.code === '/s') return quantity.value * 60;
  return quantity.code === 'kPa' ? quantity.value * 7.500615758456563 : quantity.value;
}

const abnormal: Readonly<Record<Sign, (value: number) => boolean>> = {
  RR: (value) => value >= 22,
  SBP: (value) => value <= 100,
  GCS: (value) => value < 15,
};

export const isAbnormal = ({ sign, value }: Reading): boolean => abnormal[sign](value);

/** Criteria met at a time: any abnormal value in the six hours before it, both ends included. */
export function metAt(readings: readonly Reading[], t: number): Set<Sign> {
  const window = readings.filter((reading) => reading.t <= t && reading.t >= t - 6 * 3_600_000);
  return new Set(window.filter(isAbnormal).map(({ sign }) => sign));
}

/** The first items of a sequence that may have no end, from `skip` on. */
export function some<T>(items: Iterable<T>, count: number, skip = 0): T[] {
  const taken: T[] = [];
  let at = 0;
  for (const item of items) {
    if (at++ >= skip) taken.push(item);
    if (taken.length >= count) break;
  }
  return taken;
}
