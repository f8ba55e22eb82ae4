import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { DEFAULT_ROUTE } from './routing.ts';

/** `ehr`: as the EHR calls the place. `listed`: only by the names that the site has listed itself. */
export type PlaceNames = 'ehr' | 'listed';

const LONGEST = 64;
/** What names of places are made of. */
const PLACE = /^[\p{L}\p{N}][\p{L}\p{N} .,'()/#&+-]*$/u;
/** A record number, or a date such as a birth date. */
const IDENTIFYING = /\d[\d -]{3,}\d|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}/;

/**
 * Where the patient is, as it may leave the house; undefined: it is not known, or what the EHR wrote there may be more than a
 * place. `alias` is the route that the site has listed for it.
 */
export function placeOf(alert: SepsisAlert, alias: string, names: PlaceNames): string | undefined {
  const listed = alias === DEFAULT_ROUTE ? undefined : alias;
  const location = alert.encounterDetail?.location?.trim() ?? '';
  if (names === 'listed' || location === '') return listed;
  const plain = location.length <= LONGEST && PLACE.test(location) && !IDENTIFYING.test(location);
  return plain && !namesPatient(location, alert) ? location : listed;
}

/** Whether it holds an id that the alert knows the patient or the stay by. */
function namesPatient(location: string, { patient, encounter, encounterDetail }: SepsisAlert): boolean {
  const ids = [patient, encounter, encounterDetail?.id].flatMap(
    (reference) => reference?.split('/').at(-1)?.toLowerCase() ?? [],
  );
  const text = location.toLowerCase();
  const numbers = text.split(/[ ,()/#&+]+/).filter((word) => word.length > 2 && /\d/.test(word));
  return ids.some((id) => id.length > 2 && (text.includes(id) || numbers.some((word) => id.includes(word))));
}
