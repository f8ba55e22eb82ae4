/** Records of a partition that are over although something before them is not: those before `until` that are not `open`. */
export interface Ahead {
  readonly until: number;
  /** Ascending. */
  readonly open: ReadonlySet<number>;
}

export const NONE_AHEAD: Ahead = { until: 0, open: new Set() };

/** What is said beside the committed offset of a partition. */
export interface Standing {
  /** When the group began with the partition, epoch milliseconds; undefined when nobody noted it. */
  readonly began: number | undefined;
  readonly ahead: Ahead;
}

/**
 * Characters that a broker takes unless told (`offset.metadata.max.bytes`); it refuses the whole commit of a longer text. What
 * does not fit is carried out again after a crash.
 */
const LONGEST = 4_096;

/** As text; `next` is the committed offset, and `scope` tells whose transaction it is committed in. */
export function standingText(next: number, { began, ahead }: Standing, scope: string): string {
  const textOf = (until: number, open: string): string => JSON.stringify({ v: 1, began, scope, until, open });
  // Whatever is left out makes `until` smaller, and so never longer.
  const room = Math.floor(((LONGEST - textOf(ahead.until, '').length) * 3) / 4);
  const bytes: number[] = [];
  let { until } = ahead;
  let last = next;
  for (const offset of ahead.open) {
    const fitting = bytes.length;
    appendVarint(bytes, offset - last);
    if (bytes.length > room) {
      bytes.length = fitting;
      until = offset;
      break;
    }
    last = offset;
  }
  if (until <= next) return JSON.stringify({ v: 1, began, scope });
  return textOf(until, Buffer.from(bytes).toString('base64url'));
}

/** What such a text says; of one that is none of ours, that nothing is known: somebody set the offset by hand. */
export function readStanding(next: number, text: string): Standing {
  const nothing: Standing = { began: undefined, ahead: NONE_AHEAD };
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return nothing;
  }
  if (typeof said !== 'object' || said === null || !('v' in said) || said.v !== 1) return nothing;
  const began = 'began' in said && typeof said.began === 'number' ? said.began : undefined;
  if (!('until' in said) || typeof said.until !== 'number' || !('open' in said)) return { ...nothing, began };
  if (typeof said.open !== 'string') return { ...nothing, began };
  return { began, ahead: { until: said.until, open: offsetsIn(said.open, next) } };
}

function appendVarint(bytes: number[], n: number): void {
  let left = n;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) + 0x80);
  bytes.push(left);
}

function offsetsIn(text: string, next: number): ReadonlySet<number> {
  const offsets = new Set<number>();
  let last = next;
  let n = 0;
  let scale = 1;
  for (const byte of Buffer.from(text, 'base64url')) {
    n += (byte % 0x80) * scale;
    scale *= 0x80;
    if (byte >= 0x80) continue;
    last += n;
    offsets.add(last);
    n = 0;
    scale = 1;
  }
  return offsets;
}
