import { references, vocabulary } from '../codecs/recurring-strings.ts';
import type { FhirCursor } from './fhir-cursor.ts';
import { SKIPPED } from './holes.ts';
import { QUOTE } from './json-cursor.ts';
import { endOfNumber, numberBetween, startsNumber } from './json-number.ts';
import { endOfString, nextSpecial } from './json-string.ts';
import type { Note } from './noted-texts.ts';
import type { Component, FhirResource, Value } from './resource.ts';
import type { ResourceDraft } from './resource-draft.ts';

/** What a hole is for, by number: notes, strings that recur, nothing, the value, the value of a component. */
const ID = 0;
const LAST_UPDATED = 1;
const EFFECTIVE_DATE_TIME = 2;
const EFFECTIVE_INSTANT = 3;
const ISSUED = 4;
const AUTHORED_ON = 5;
const VERSION_ID = 6;
const SUBJECT = 7;
const ENCOUNTER = 8;
const NOTHING = 9;
const VALUE = 10;
const FIRST_COMPONENT = 11;
const MOST_COMPONENTS = 16;

const ROLES = FIRST_COMPONENT + MOST_COMPONENTS;
const DIGIT = /[0-9]/;

/** What the holes of the text that is being read hold, by role. */
const notes: (Note | undefined)[] = new Array<Note | undefined>(VERSION_ID).fill(undefined);
const texts: (string | undefined)[] = new Array<string | undefined>(NOTHING).fill(undefined);
const numbers: Float64Array = new Float64Array(ROLES);

/**
 * A resource as one text with holes: equal bytes between the holes, and in each hole a value of the same JSON type,
 * are a resource with the same keys in the same places. So it reads as the model does, but for what the holes hold.
 */
export class Stencil {
  /** The text between the holes; each piece begins at a multiple of eight, padded with zeros. */
  readonly text: Uint8Array;
  /** The same, eight bytes a word. Equal numbers are equal bytes: only zero has two forms, and no JSON has a zero byte. */
  readonly words: Float64Array;
  /** The first word of each piece, its length in bytes, and its last eight bytes. */
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly lasts: Float64Array;
  /** What the hole behind each piece is for; there is none behind the last one. */
  readonly roles: Int8Array;
  readonly model: FhirResource;
  readonly nonAscii: boolean;
  /** One bit for each role that has a hole. */
  readonly filled: number;
  hits = 0;

  /** Of the text that was walked just now, and its holes noted. */
  constructor(json: FhirCursor, draft: ResourceDraft, model: FhirResource) {
    this.model = model;
    this.nonAscii = json.nonAscii;
    const { froms, tos } = json.holes;
    const rolesOfHoles = rolesIn(json, draft, model);
    // A value is noted when it is read, and that may be after what is inside of it.
    const kept = [...rolesOfHoles.keys()]
      .filter((hole) => rolesOfHoles[hole] !== -1)
      .sort((one, other) => (froms[one] as number) - (froms[other] as number));
    const roles = kept.map((hole) => rolesOfHoles[hole] as number);
    const begins = [0, ...kept.map((hole) => tos[hole] as number)];
    const ends = [...kept.map((hole) => froms[hole] as number), json.end];
    this.lengths = Int32Array.from(begins, (begin, piece) => (ends[piece] as number) - begin);
    this.starts = new Int32Array(begins.length);
    let size = 0;
    for (const [piece, length] of this.lengths.entries()) {
      this.starts[piece] = size;
      size += (length + 7) >> 3;
    }
    this.words = new Float64Array(size);
    this.text = new Uint8Array(this.words.buffer);
    for (const [piece, begin] of begins.entries())
      this.text.set(json.bytes.subarray(begin, ends[piece]), (this.starts[piece] as number) << 3);
    const view = new DataView(this.text.buffer);
    this.lasts = Float64Array.from(this.starts, (start, piece) => {
      const length = this.lengths[piece] as number;
      return length < 8 ? 0 : view.getFloat64((start << 3) + length - 8, true);
    });
    this.roles = Int8Array.from(roles);
    this.filled = roles.reduce((bits, role) => bits | (1 << role), 0);
  }

  /** Number of words that are equal from the start, when the next one decides between the two; else -1. */
  common(other: Stencil): number {
    for (let piece = 0; piece < this.starts.length && piece < other.starts.length; piece++) {
      const start = this.starts[piece] as number;
      const end =
        start + ((Math.min(this.lengths[piece] as number, other.lengths[piece] as number) + 7) >> 3);
      for (let at = start << 3; at < end << 3; at++) if (this.text[at] !== other.text[at]) return at >> 3;
      if (this.lengths[piece] !== other.lengths[piece] || this.roles[piece] !== other.roles[piece]) return -1;
    }
    return -1;
  }

  /** The resource that the last text was, whose holes are filled. */
  resource(draft: ResourceDraft): FhirResource {
    const { filled, model } = this;
    const noted = draft.notes;
    const note = (role: number, otherwise: string | undefined): string | undefined =>
      (filled & (1 << role)) === 0 ? otherwise : noted.text(notes[role]);
    return {
      resourceType: model.resourceType,
      id: note(ID, model.id),
      versionId: (filled & (1 << VERSION_ID)) === 0 ? model.versionId : texts[VERSION_ID],
      lastUpdated: note(LAST_UPDATED, model.lastUpdated),
      status: model.status,
      intent: model.intent,
      code: model.code,
      subject:
        (filled & (1 << SUBJECT)) === 0 || model.subject === undefined
          ? model.subject
          : {
              reference: texts[SUBJECT],
              identifierSystem: model.subject.identifierSystem,
              identifierValue: model.subject.identifierValue,
            },
      encounter: (filled & (1 << ENCOUNTER)) === 0 ? model.encounter : texts[ENCOUNTER],
      focus: model.focus,
      effectiveDateTime: note(EFFECTIVE_DATE_TIME, model.effectiveDateTime),
      effectiveInstant: note(EFFECTIVE_INSTANT, model.effectiveInstant),
      periodStart: model.periodStart,
      periodEnd: model.periodEnd,
      timingEvent: model.timingEvent,
      timing: model.timing,
      issued: note(ISSUED, model.issued),
      authoredOn: note(AUTHORED_ON, model.authoredOn),
      value: (filled & (1 << VALUE)) === 0 ? model.value : withNumber(model.value, VALUE),
      dataAbsent: model.dataAbsent,
      components: filled >>> FIRST_COMPONENT === 0 ? model.components : this.#components(model.components),
      hasMember: model.hasMember,
      encounterClass: model.encounterClass,
      location: model.location,
      partOf: model.partOf,
      route: model.route,
      category: model.category,
      boundsStart: model.boundsStart,
      malformed: undefined,
    };
  }

  #components(components: readonly Component[]): readonly Component[] {
    return components.map((component, index) =>
      index >= MOST_COMPONENTS || (this.filled & (1 << (FIRST_COMPONENT + index))) === 0
        ? component
        : {
            code: component.code,
            value: withNumber(component.value, FIRST_COMPONENT + index),
            dataAbsent: component.dataAbsent,
          },
    );
  }
}

function withNumber(value: Value, role: number): Value {
  if (value.kind !== 'quantity') return value;
  return {
    kind: 'quantity',
    value: numbers[role],
    notNumber: value.notNumber,
    comparator: value.comparator,
    unit: value.unit,
    system: value.system,
    code: value.code,
  };
}

/** Reads the value at `at` as what the hole is for; false when no such value stands there. */
export function fill(json: FhirCursor, draft: ResourceDraft, role: number): boolean {
  const byte = json.byte();
  if (role >= VALUE) {
    if (!startsNumber(byte)) return false;
    const from = json.at;
    json.at = endOfNumber(json, from);
    numbers[role] = numberBetween(json, from, json.at);
    return true;
  }
  if (byte !== QUOTE) return false;
  if (role === NOTHING) {
    let quote = nextSpecial(json.words, json.at + 1);
    if (json.bytes[quote] !== QUOTE) quote = endOfString(json, quote);
    json.at = quote + 1;
  } else if (role < VERSION_ID) notes[role] = json.note(draft.notes);
  else texts[role] = json.recurringString(role === VERSION_ID ? vocabulary : references);
  return true;
}

/**
 * What each hole is for, or -1: it is none, and its text belongs to the stencil. Every reading of what can be in a hole
 * is noted, so what a hole held is the resource's only when no other hole held the same.
 */
function rolesIn(json: FhirCursor, draft: ResourceDraft, model: FhirResource): number[] {
  const { froms, read, tos } = json.holes;
  const targets: unknown[] = [];
  targets[ID] = draft.id;
  targets[LAST_UPDATED] = draft.lastUpdated;
  targets[EFFECTIVE_DATE_TIME] = draft.effectiveDateTime;
  targets[EFFECTIVE_INSTANT] = draft.effectiveInstant;
  targets[ISSUED] = draft.issued;
  targets[AUTHORED_ON] = draft.authoredOn;
  targets[VERSION_ID] = model.versionId;
  targets[SUBJECT] = model.subject?.reference;
  targets[ENCOUNTER] = model.encounter;
  targets[NOTHING] = SKIPPED;
  targets[VALUE] = model.value;
  for (const [index, { value }] of model.components.slice(0, MOST_COMPONENTS).entries())
    targets[FIRST_COMPONENT + index] = value;
  return read.map((what, hole) => {
    // A text that nobody wants is likely to come again unless it has a digit: an identifier, a time, a value.
    if (what === SKIPPED)
      return DIGIT.test(json.bytes.toString('latin1', froms[hole], tos[hole])) ? NOTHING : -1;
    const isOnly = read.indexOf(what) === read.lastIndexOf(what);
    return isOnly && targets.indexOf(what) === targets.lastIndexOf(what) ? targets.indexOf(what) : -1;
  });
}
