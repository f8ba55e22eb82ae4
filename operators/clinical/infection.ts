/**
 * Suspected infection: a systemic antibiotic and a body-fluid culture close in time (Seymour 2016, as in
 * mimic-code `suspicion_of_infection.sql`): culture first and the antibiotic within 72 h, or the antibiotic first
 * and the culture within 24 h. Where one of the two is known by its date only, dates are compared (3 days, 1 day).
 */
export interface Dated {
  /** Days since 1970-01-01, as written at the bedside. */
  readonly day: number;
  /** Epoch milliseconds; undefined: only the day is known. */
  readonly time: number | undefined;
}

export interface InfectionPair {
  /** Day of the earlier of the two. */
  readonly onsetDay: number;
  readonly rule: 'CULTURE_THEN_ANTIBIOTIC' | 'ANTIBIOTIC_THEN_CULTURE';
  readonly otherDay: number;
}

const HOUR = 3_600_000;

/** The pair that a culture and an antibiotic order make, or undefined. */
export function infectionPair(culture: Dated, antibiotic: Dated): InfectionPair | undefined {
  const precise = culture.time !== undefined && antibiotic.time !== undefined;
  const lag = precise ? (antibiotic.time as number) - (culture.time as number) : antibiotic.day - culture.day;
  const [after, before] = precise ? [72 * HOUR, 24 * HOUR] : [3, 1];
  if (lag >= 0 && lag <= after)
    return { onsetDay: culture.day, rule: 'CULTURE_THEN_ANTIBIOTIC', otherDay: antibiotic.day };
  if (lag < 0 && -lag <= before)
    return { onsetDay: antibiotic.day, rule: 'ANTIBIOTIC_THEN_CULTURE', otherDay: culture.day };
  return undefined;
}
