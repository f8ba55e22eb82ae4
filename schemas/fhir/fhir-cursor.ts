import type { InternedStrings } from '../codecs/interned-strings.ts';
import type { FieldNames } from './field-names.ts';
import { JsonCursor, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './json-cursor.ts';
import { nextSpecial } from './json-string.ts';
import type { Note, NotedTexts } from './noted-texts.ts';
import { skipValue } from './skip-value.ts';

/** First byte of `null`; the literal is validated when it is passed over. */
export const NULL = 0x6e;
const TRUE = 0x74;
const FALSE = 0x66;

/**
 * The walk, with FHIR's habits: `null` is absence, and a value of the wrong JSON type is absence that is noted.
 */
export class FhirCursor extends JsonCursor {
  /** Set when a wanted field had the wrong type; whoever looks at it sets it back. */
  wrongType = false;

  /** The string at `at`, if it is one. */
  text(): string | undefined {
    if (this.byte() === QUOTE) return this.string();
    this.absence();
    return undefined;
  }

  /** The same for one that is likely to have come before. */
  recurringText(strings: InternedStrings): string | undefined {
    if (this.byte() !== QUOTE) {
      this.absence();
      return undefined;
    }
    const from = this.at;
    const text = this.recurringString(strings);
    if (this.holes.open) this.holes.add(from, this.at, text);
    return text;
  }

  /** Notes the string at `at`, if it is one. */
  note(notes: NotedTexts): Note | undefined {
    if (this.byte() !== QUOTE) {
      this.absence();
      return undefined;
    }
    const from = this.at;
    const note = this.noteString(notes);
    if (this.holes.open) this.holes.add(from, this.at, note);
    return note;
  }

  private noteString(notes: NotedTexts): Note {
    const from = this.at + 1;
    const to = nextSpecial(this.words, from);
    const note = this.bytes[to] === QUOTE ? notes.note(this.words, from, to) : undefined;
    if (note === undefined) return notes.noteText(this.string());
    this.at = to + 1;
    return note;
  }

  /** True when an object stands at `at`; any other value is passed over. */
  onObject(): boolean {
    if (this.byte() === OPEN_OBJECT) return true;
    this.absence();
    return false;
  }

  /** True when an array stands at `at`; any other value is passed over. */
  onArray(): boolean {
    if (this.byte() === OPEN_ARRAY) return true;
    this.absence();
    return false;
  }

  /** The string, likely to have come before, under the first of `names` in the object at `at`. */
  textOf(names: FieldNames, strings: InternedStrings): string | undefined {
    if (!this.onObject()) return undefined;
    let text: string | undefined;
    if (this.openObject()) {
      do {
        if (this.field(names) === 0) text = this.recurringText(strings);
        else skipValue(this);
      } while (this.nextMember());
    }
    return text;
  }

  /** True when the array at `at` has an object in it. */
  holdsObject(): boolean {
    if (!this.onArray()) return false;
    let holds = false;
    if (this.openArray()) {
      do {
        if (this.onObject()) {
          holds = true;
          skipValue(this);
        }
      } while (this.nextElement());
    }
    return holds;
  }

  /** True when an object stands at `at`, whatever is in it; the value is passed over. */
  presentObject(): boolean {
    if (!this.onObject()) return false;
    skipValue(this);
    return true;
  }

  /** True when `true` or `false` stands at `at`; the value is passed over. */
  presentBoolean(): boolean {
    const byte = this.byte();
    if (byte !== TRUE && byte !== FALSE) this.absence();
    else skipValue(this);
    return byte === TRUE || byte === FALSE;
  }

  /** Passes over a value that is not what FHIR has there. */
  absence(): void {
    if (this.byte() !== NULL) this.wrongType = true;
    skipValue(this);
  }
}
