/** Reading FHIR dates and times. `NaN` means "not readable as that", so no call allocates. */

const isDigit = (c: number): boolean => c >= 48 && c <= 57;

/** Larger than any number of a date or a time. */
const NOT_DIGITS = 1_000_000;

/** The number that two digits spell, else `NOT_DIGITS`. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NOT_DIGITS;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const leap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Days since 1970-01-01 of a proleptic Gregorian date, months up to 12; NaN when there is no such day. */
function dayNumber(year: number, month: number, day: number): number {
  if (month < 1 || day < 1) return Number.NaN;
  const last = month === 2 && leap(year) ? 29 : (MONTH_DAYS[month - 1] as number);
  if (day > last) return Number.NaN;
  // Howard Hinnant, "chrono-compatible low-level date algorithms": years begin in March.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const doe = yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy;
  return era * 146_097 + doe - 719_468;
}

// Most records of a minute are of one day.
let lastDate = 0;
let lastDay = Number.NaN;

/** The calendar day that a date or dateTime is written in, days since 1970-01-01, whatever its zone; else NaN. */
export function writtenDay(text: string): number {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return Number.NaN;
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  if (year > 9_999 || month > 12 || day > 31) return Number.NaN;
  const date = (year << 9) | (month << 5) | day;
  if (date !== lastDate) {
    lastDate = date;
    lastDay = dayNumber(year, month, day);
  }
  return lastDay;
}

/** True for `YYYY-MM-DD` and a real day. */
export const isDate = (text: string): boolean => text.length === 10 && !Number.isNaN(writtenDay(text));

/** Minutes east of Greenwich of the zone that starts at `at` and ends the text; NaN when there is none. */
function zoneMinutes(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  if (sign === 90 && text.length === at + 1) return 0;
  if ((sign !== 43 && sign !== 45) || text.length !== at + 6 || text.charCodeAt(at + 3) !== 58)
    return Number.NaN;
  const hours = two(text, at + 1);
  const minutes = two(text, at + 4);
  if (!(hours <= 14 && minutes <= 59)) return Number.NaN;
  return (sign === 43 ? 1 : -1) * (hours * 60 + minutes);
}

/**
 * Epoch milliseconds of a dateTime or instant that says its zone: `YYYY-MM-DDTHH:MM:SS[.f…](Z|±HH:MM)`.
 * Fractions beyond a millisecond are cut off; second 60 (a leap second) is the next minute's first.
 * NaN for anything less precise (date only, no seconds, no zone) and for what is no time at all.
 *
 * @param day what `writtenDay` says of the text, for who knows it already.
 */
export function instantMs(text: string, day: number = writtenDay(text)): number {
  if (
    text.length < 20 ||
    text.charCodeAt(10) !== 84 ||
    text.charCodeAt(13) !== 58 ||
    text.charCodeAt(16) !== 58
  )
    return Number.NaN;
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return Number.NaN;
  let at = 19;
  let fraction = 0;
  if (text.charCodeAt(at) === 46) {
    let scale = 100;
    at++;
    if (!isDigit(text.charCodeAt(at))) return Number.NaN;
    for (; isDigit(text.charCodeAt(at)); at++) {
      if (scale >= 1) fraction += (text.charCodeAt(at) - 48) * scale;
      scale /= 10;
    }
    fraction = Math.floor(fraction);
  }
  return day * 86_400_000 + (hour * 60 + minute - zoneMinutes(text, at)) * 60_000 + second * 1_000 + fraction;
}
