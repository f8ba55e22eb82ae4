import type { Look } from './look.ts';
import { cut, fit } from './width.ts';

export interface ProgressState {
  readonly label: string;
  /** Bytes. */
  readonly done: number;
  /** Bytes; null when the length of the input is not known. */
  readonly total: number | null;
  readonly elapsedMs: number;
}

/** `replay  ████████░░░░  42 %  1.2 GB of 2.9 GB  210 MB/s  8 s left`, shorter where the terminal is narrow. */
export function progressLine(state: ProgressState, columns: number, look: Look): string {
  const { label, done, total, elapsedMs } = state;
  const bytesPerSecond = elapsedMs >= 1 ? (done * 1_000) / elapsedMs : 0;
  if (total === null || total <= 0) return cut(`${label}  ${size(done)}  ${size(bytesPerSecond)}/s`, columns);
  // A file that grows while it is read is never more than done.
  const share = Math.min(1, done / total);
  const left = bytesPerSecond > 0 ? remaining((total - done) / bytesPerSecond) : '';
  const figures = `${`${Math.floor(share * 100)} %`.padStart(5)}  ${size(done)} of ${size(total)}  ${size(bytesPerSecond)}/s${left}`;
  const room = Math.min(40, columns - label.length - figures.length - 4);
  return cut(room < 8 ? `${label} ${figures}` : `${label}  ${bar(share, room, look)} ${figures}`, columns);
}

function bar(share: number, columns: number, look: Look): string {
  const [full, empty] = look.unicode ? ['█', '░'] : ['#', '.'];
  return full.repeat(Math.round(share * columns)).padEnd(columns, empty);
}

function remaining(seconds: number): string {
  // Longer than four days is a guess from a slow start, and says nothing.
  if (seconds <= 0 || seconds > 360_000) return '';
  if (seconds < 90) return `  ${Math.ceil(seconds)} s left`;
  return seconds < 5_400 ? `  ${Math.ceil(seconds / 60)} min left` : `  ${Math.ceil(seconds / 3_600)} h left`;
}

/** Decimal units, three digits: `999 B`, `1.23 kB`, `45.6 MB`. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit++;
  }
  const shown = unit === 0 ? String(Math.round(value)) : value.toPrecision(3);
  return `${shown} ${UNITS[unit] ?? 'B'}`;
}

const UNITS: readonly string[] = ['B', 'kB', 'MB', 'GB', 'TB'];

/** The line padded so that it covers whatever a longer one left behind. */
export const overwriting = (line: string, columns: number): string =>
  `\r${fit(line, Math.max(0, columns - 1))}`;
