const ENCODER = new TextEncoder();
const BACKSLASH = 0x5c;

const SIMPLE: Readonly<Record<number, number>> = {
  0x22: 0x22,
  0x5c: 0x5c,
  0x2f: 0x2f,
  0x62: 0x08,
  0x66: 0x0c,
  0x6e: 0x0a,
  0x72: 0x0d,
  0x74: 0x09,
};

/**
 * The bytes that the inside of a JSON string stands for: escapes undone, everything else as it stands, also what is not
 * UTF-8. A lone surrogate has no UTF-8 and becomes U+FFFD. Undefined when an escape is no JSON.
 * Without escapes it is a view of `json`.
 */
export function unescapedBytes(json: Buffer, start: number, end: number): Buffer | undefined {
  let from = json.indexOf(BACKSLASH, start);
  if (from < 0 || from >= end) return json.subarray(start, end);
  // No escape is shorter than what it stands for.
  const out = Buffer.allocUnsafe(end - start);
  let at = json.copy(out, 0, start, from);
  while (from < end) {
    const kind = json[from + 1] ?? 0;
    const simple = SIMPLE[kind];
    if (simple !== undefined) {
      out[at++] = simple;
      from += 2;
    } else {
      const text = kind === 0x75 ? unicodeAt(json, from, end) : undefined;
      if (text === undefined) return undefined;
      at += ENCODER.encodeInto(text, out.subarray(at)).written;
      from += text.length * 6;
    }
    const next = json.indexOf(BACKSLASH, from);
    const stop = next < 0 || next > end ? end : next;
    at += json.copy(out, at, from, stop);
    from = stop;
  }
  return out.subarray(0, at);
}

/** The code unit escaped at `at`, or the two of a surrogate pair. */
function unicodeAt(json: Buffer, at: number, end: number): string | undefined {
  const high = codeUnitAt(json, at, end);
  if (high === undefined) return undefined;
  if (high < 0xd800 || high > 0xdbff) return String.fromCharCode(high);
  const low = codeUnitAt(json, at + 6, end);
  return low !== undefined && low >= 0xdc00 && low <= 0xdfff
    ? String.fromCharCode(high, low)
    : String.fromCharCode(high);
}

function codeUnitAt(json: Buffer, at: number, end: number): number | undefined {
  if (at + 6 > end || json[at] !== BACKSLASH || json[at + 1] !== 0x75) return undefined;
  const hex = json.toString('latin1', at + 2, at + 6);
  return /^[0-9a-fA-F]{4}$/.test(hex) ? Number.parseInt(hex, 16) : undefined;
}
