/**
 * Where the parts of a JSON text stand, without reading them: strings and brackets are followed, nothing else is checked.
 * So a part can be cut out byte for byte (duplicate keys, number forms and escapes survive), and what is wrong inside it
 * stays wrong for whoever reads it.
 */

/** The text ends before the value does. */
export const OPEN = -1;
/** The text ends inside a string. */
export const IN_STRING = -2;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** The first position from `at` on that is not JSON white space; `end` when there is none. */
export function skipSpace(json: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && isSpace(json[i])) i++;
  return i;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Just after the value that starts at `at`; OPEN or IN_STRING when the text ends first, or no value starts there. */
export function valueEnd(json: Uint8Array, at: number, end: number): number {
  const first = json[at];
  if (first === QUOTE) return stringEnd(json, at, end);
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return containerEnd(json, at, end);
  let i = at;
  while (i < end && !isDelimiter(json[i])) i++;
  return i === at ? OPEN : i;
}

function isDelimiter(byte: number | undefined): boolean {
  return isSpace(byte) || byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || byte === COLON;
}

function stringEnd(json: Uint8Array, at: number, end: number): number {
  for (let i = at + 1; i < end; i++) {
    const byte = json[i];
    if (byte === QUOTE) return i + 1;
    if (byte === BACKSLASH) i++;
  }
  return IN_STRING;
}

// A depth is enough: nesting of any depth costs no stack, and brackets of the wrong kind are the reader's to refuse.
function containerEnd(json: Uint8Array, at: number, end: number): number {
  let depth = 0;
  let i = at;
  while (i < end) {
    const byte = json[i];
    if (byte === QUOTE) {
      i = stringEnd(json, i, end);
      if (i < 0) return IN_STRING;
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth--;
      if (depth === 0) return i + 1;
    }
    i++;
  }
  return OPEN;
}

/** Walks the parts of one object or array. After `next()` returned false, `end` is just after it, or OPEN when it is broken. */
class Parts {
  readonly json: Buffer;
  valueStart = 0;
  valueEnd = 0;
  end: number = OPEN;
  protected at: number;
  readonly #limit: number;
  #first = true;

  constructor(json: Buffer, at: number, limit: number) {
    this.json = json;
    this.at = at + 1;
    this.#limit = limit;
  }

  /** Moves to the next part, past its comma; false at the closing bracket and where the text is broken. */
  protected enter(close: number): boolean {
    let i = skipSpace(this.json, this.at, this.#limit);
    if (this.#first) {
      if (this.json[i] === close && i < this.#limit) return this.#close(i + 1);
      this.#first = false;
    } else {
      if (i >= this.#limit) return false;
      if (this.json[i] === close) return this.#close(i + 1);
      if (this.json[i] !== COMMA) return false;
      i = skipSpace(this.json, i + 1, this.#limit);
    }
    this.at = i;
    return i < this.#limit;
  }

  #close(end: number): boolean {
    this.end = end;
    return false;
  }

  /** The span of the string that starts here, or OPEN. */
  protected string(): number {
    return this.json[this.at] === QUOTE ? stringEnd(this.json, this.at, this.#limit) : OPEN;
  }

  protected colon(): boolean {
    const i = skipSpace(this.json, this.at, this.#limit);
    if (this.json[i] !== COLON) return false;
    this.at = skipSpace(this.json, i + 1, this.#limit);
    return true;
  }

  protected value(): boolean {
    const end = valueEnd(this.json, this.at, this.#limit);
    if (end < 0) return false;
    this.valueStart = this.at;
    this.valueEnd = end;
    this.at = end;
    return true;
  }
}

/** The members of the object whose `{` stands at `at`. */
export class Members extends Parts {
  #keyStart = 0;
  #keyEnd = 0;

  next(): boolean {
    if (!this.enter(CLOSE_OBJECT)) return false;
    const keyEnd = this.string();
    if (keyEnd < 0) return false;
    this.#keyStart = this.at + 1;
    this.#keyEnd = keyEnd - 1;
    this.at = keyEnd;
    return this.colon() && this.value();
  }

  /** Whether the key is this name, an ASCII one; also when the text writes it with escapes. */
  is(name: string): boolean {
    const length = this.#keyEnd - this.#keyStart;
    if (length < name.length) return false;
    if (length > name.length) return length >= name.length + ESCAPE && this.#keyText() === name;
    for (let i = 0; i < length; i++) if (this.json[this.#keyStart + i] !== name.charCodeAt(i)) return false;
    return true;
  }

  #keyText(): string | undefined {
    const escaped = this.json.indexOf(BACKSLASH, this.#keyStart);
    if (escaped < 0 || escaped >= this.#keyEnd) return undefined;
    return textOf(this.json, this.#keyStart - 1, this.#keyEnd + 1);
  }
}

/** `\u0074` is so much longer than the `t` that it stands for. */
const ESCAPE = 5;

/** The elements of the array whose `[` stands at `at`. */
export class Elements extends Parts {
  next(): boolean {
    return this.enter(CLOSE_ARRAY) && this.value();
  }
}

/** The value of a member of an object, as it stands; the last one of that name, as JSON.parse has it. */
export function member(json: Buffer, name: string): Buffer | undefined {
  const at = skipSpace(json, 0, json.length);
  if (!isObjectAt(json, at)) return undefined;
  const members = new Members(json, at, json.length);
  let found: Buffer | undefined;
  while (members.next()) {
    if (members.is(name)) found = json.subarray(members.valueStart, members.valueEnd);
  }
  return members.end < 0 ? undefined : found;
}

/** The text of the JSON string that stands at this span; undefined when it is not a string. */
export function textOf(json: Buffer, start: number, end: number): string | undefined {
  if (json[start] !== QUOTE) return undefined;
  const raw = json.toString('utf8', start + 1, end - 1);
  if (!raw.includes('\\')) return raw;
  try {
    const text: unknown = JSON.parse(`"${raw}"`);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** True when an object starts at this position. */
export const isObjectAt = (json: Uint8Array, at: number): boolean => json[at] === OPEN_OBJECT;
/** True when an array starts at this position. */
export const isArrayAt = (json: Uint8Array, at: number): boolean => json[at] === OPEN_ARRAY;
/** True when a string starts at this position. */
export const isStringAt = (json: Uint8Array, at: number): boolean => json[at] === QUOTE;
