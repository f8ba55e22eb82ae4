/**
 * Units of the inputs, to their canonical unit (UCUM: /min, mm[Hg], {score}, mmol/L).
 * The UCUM code decides; without one the text, normalised; without either the canonical unit is assumed and the
 * value is marked. Any other unit is refused: a guessed unit is a wrong score.
 */
export const UCUM = 'http://unitsofmeasure.org';

export type Dimension = 'respiratory-rate' | 'pressure' | 'score' | 'lactate';

/** 1 kPa in mm[Hg]: 1000 / 133.322387415, unrounded. */
const KILOPASCAL = 7.500615758456563;
/** mg/dL of lactate in 1 mmol/L (molar mass 90.08 g/mol). */
const LACTATE_MG_PER_DL = 9.008;

type Convert = (value: number) => number;
const same: Convert = (value) => value;
const perSecond: Convert = (value) => value * 60;
const perHour: Convert = (value) => value / 60;
const kilopascal: Convert = (value) => value * KILOPASCAL;

/** Keys are normalised: lower case, without spaces, dots and a plural or long form of the same word. */
const UNITS: Readonly<Record<Dimension, ReadonlyMap<string, Convert>>> = {
  'respiratory-rate': new Map<string, Convert>([
    ...[
      '/min',
      '1/min',
      '{breaths}/min',
      '{resp}/min',
      '{respirations}/min',
      'min-1',
      'breaths/min',
      'breath/min',
      'br/min',
      'insp/min',
      'resp/min',
      'respirations/min',
      'beats/min',
      'bpm',
      'permin',
      'breathspermin',
      'brpm',
      'rpm',
    ].map((u): [string, Convert] => [u, same]),
    ...['/s', '1/s', '/sec', '{breaths}/s'].map((u): [string, Convert] => [u, perSecond]),
    ...['/h', '1/h', '/hr', '/hour', '{breaths}/h'].map((u): [string, Convert] => [u, perHour]),
  ]),
  pressure: new Map<string, Convert>([
    ['mm[hg]', same],
    ['mmhg', same],
    ['kpa', kilopascal],
  ]),
  score: new Map<string, Convert>(
    ['{score}', '1', '{points}', 'score', 'points', 'point', 'pts'].map((u): [string, Convert] => [u, same]),
  ),
  lactate: new Map<string, Convert>([
    ['mmol/l', same],
    ['meq/l', same],
    ['mg/dl', (value) => value / LACTATE_MG_PER_DL],
  ]),
};

export interface UnitOfQuantity {
  readonly system: string | undefined;
  readonly code: string | undefined;
  readonly unit: string | undefined;
}

export interface Canonical {
  readonly value: number;
  /** The quantity named no unit, and its dimension has one. */
  readonly assumed: boolean;
}

const normalised = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\s.]/g, '')
    .replace(/minutes?$/, 'min')
    .replace(/seconds?$/, 's')
    .replace(/hours?$/, 'h');

/** Results by unit as written: the same few spellings come a million times. Bounded. */
const known: Readonly<Record<Dimension, Map<string, Convert | null>>> = {
  'respiratory-rate': new Map(),
  pressure: new Map(),
  score: new Map(),
  lactate: new Map(),
};
const KNOWN_LIMIT = 1_024;

function convertOf(dimension: Dimension, written: string): Convert | undefined {
  const spellings = known[dimension];
  let convert = spellings.get(written);
  if (convert === undefined) {
    convert = UNITS[dimension].get(normalised(written)) ?? null;
    if (spellings.size < KNOWN_LIMIT) spellings.set(written, convert);
  }
  return convert ?? undefined;
}

/** The value in the canonical unit of its dimension, unrounded; undefined: a unit that is not ours to read. */
export function canonical(dimension: Dimension, value: number, unit: UnitOfQuantity): Canonical | undefined {
  const ucum = unit.system === UCUM || unit.system === undefined ? unit.code : undefined;
  const written = present(ucum) ?? present(unit.unit) ?? present(unit.code);
  if (written === undefined) return { value, assumed: dimension !== 'score' };
  const convert = convertOf(dimension, written);
  return convert === undefined ? undefined : { value: convert(value), assumed: false };
}

const present = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : text;
