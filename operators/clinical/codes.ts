/**
 * The codes that select an Observation, and what each selects. Selection is by code alone, never by topic or
 * category: a GCS arrives in any topic under any category. LOINC codes (c) Regenstrief Institute.
 */
export const LOINC = 'http://loinc.org';
const LOINC_OID = 'urn:oid:2.16.840.1.113883.6.1';
export const isLoinc = (system: string | undefined): boolean => system === LOINC || system === LOINC_OID;
export const SNOMED = 'http://snomed.info/sct';

export type Selected =
  | 'respiratory-rate'
  | 'systolic'
  /** A panel whose components hold the pressures; it never has a value of its own. */
  | 'blood-pressure-panel'
  | 'gcs-total'
  | 'gcs-eye'
  | 'gcs-verbal'
  | 'gcs-motor'
  | 'gcs-qualifier'
  | 'mentation'
  | 'new-confusion'
  | 'lactate'
  | 'culture'
  /** Looks like one of ours and is not: pulmonary-artery pressure, averages, ventilator settings. */
  | 'refused';

const LOINC_CODES: Readonly<Record<string, Selected>> = {
  '9279-1': 'respiratory-rate',
  '8480-6': 'systolic', // also as component of the panels
  '76534-7': 'systolic', // non-invasive
  '76215-3': 'systolic', // invasive
  '8459-0': 'systolic', // sitting
  '8461-6': 'systolic', // supine
  '8460-8': 'systolic', // standing
  '85354-9': 'blood-pressure-panel',
  '55284-4': 'blood-pressure-panel', // Synthea before 2020
  '9269-2': 'gcs-total',
  '35088-4': 'gcs-total', // panel
  '9267-6': 'gcs-eye',
  '9268-4': 'gcs-motor',
  '9270-0': 'gcs-verbal',
  '55285-1': 'gcs-qualifier', // intubated, sedated: not a score
  '80288-4': 'mentation', // ACVPU / AVPU
  '2524-7': 'lactate', // serum or plasma
  '32693-4': 'lactate', // blood
  '2518-9': 'lactate', // arterial blood
  '600-7': 'culture', // blood
  '630-4': 'culture', // urine
  '624-7': 'culture', // sputum
  '6463-4': 'culture', // unspecified specimen
  '19834-1': 'refused', // ventilator set rate
  '8440-0': 'refused', // pulmonary artery systolic
  '8452-5': 'refused', // pulsus paradoxus
  '96608-5': 'refused', // averages
  '96607-7': 'refused',
  '8478-0': 'refused', // mean
  '8462-4': 'refused', // diastolic
};

const SNOMED_CODES: Readonly<Record<string, Selected>> = {
  '130987000': 'new-confusion', // acute confusion
};

/** Codes by system, and within it by code. */
export type CodeMap = ReadonlyMap<string, ReadonlyMap<string, Selected>>;

/** The standard codes, with a site's local codes (`system|code` to what they select) added; a local entry wins. */
export function codeMap(local: Readonly<Record<string, Selected>> = {}): CodeMap {
  const loinc = new Map(Object.entries(LOINC_CODES));
  const map = new Map<string, Map<string, Selected>>([
    [LOINC, loinc],
    [LOINC_OID, loinc],
    [SNOMED, new Map(Object.entries(SNOMED_CODES))],
  ]);
  for (const [key, selected] of Object.entries(local)) {
    const bar = key.lastIndexOf('|');
    const system = key.slice(0, bar);
    const codes = map.get(system) ?? new Map<string, Selected>();
    map.set(system, codes.set(key.slice(bar + 1), selected));
  }
  return map;
}

export interface Coded {
  readonly system: string | undefined;
  readonly code: string | undefined;
}

/** What the first coding of ours selects, all codings searched; one refused coding refuses the whole. */
export function select(codes: CodeMap, codings: readonly Coded[]): Selection | undefined {
  let found: Selection | undefined;
  for (const coding of codings) {
    if (coding.system === undefined || coding.code === undefined) continue;
    const selected = codes.get(coding.system)?.get(coding.code);
    if (selected === 'refused') return undefined;
    if (selected !== undefined && found === undefined) found = { selected, code: coding.code };
  }
  return found;
}

export interface Selection {
  readonly selected: Exclude<Selected, 'refused'>;
  /** The code that selected. */
  readonly code: string;
}
