import type { FhirCursor } from './fhir-cursor.ts';
import type { FhirResource } from './resource.ts';
import type { ResourceDraft } from './resource-draft.ts';
import { fill, Stencil } from './stencil.ts';

const CAPACITY = 32;
/** In bytes; longer resources are not learned. */
const LONGEST = 8_192;
const FIRST_PAUSE = 64;
const LONGEST_PAUSE = 65_536;

/**
 * The makes of resource that came before. A producer writes its resources in one way, so most of them differ from
 * an earlier one in a few values: to compare the rest is a fraction of the work of reading it. Bounded; when there are
 * more makes than room, ever fewer of them are learned.
 */
export class Stencils {
  readonly #stencils: Stencil[] = [];
  /** For each two, the word in which they begin to differ: `Stencil.common`. */
  readonly #common: Int32Array = new Int32Array(CAPACITY * CAPACITY);
  #last = 0;
  /** Resources to let pass before the next is learned. */
  #wait = 0;
  #pause = FIRST_PAUSE;
  #word = 0;

  /**
   * Reads the text that is loaded, if its make is known; else undefined, and it is to be walked.
   * @throws InvalidJson as the walk would
   */
  read(json: FhirCursor, draft: ResourceDraft): FhirResource | undefined {
    // A walk that came to nothing leaves them open, and nobody would ever empty them.
    json.holes.open = false;
    let index = this.#last;
    let stencil = this.#stencils[index];
    if (stencil === undefined) return undefined;
    draft.notes.clear();
    json.at = 0;
    let piece = 0;
    this.#word = 0;
    for (;;) {
      while (!this.#stands(json, stencil, piece)) {
        index = this.#other(json, index, piece);
        if (index < 0) return undefined;
        stencil = this.#stencils[index] as Stencil;
      }
      json.at += stencil.lengths[piece] as number;
      if (piece === stencil.roles.length) break;
      if (!fill(json, draft, stencil.roles[piece] as number)) return undefined;
      this.#word = stencil.starts[++piece] as number;
    }
    if (json.at !== json.end) return undefined;
    this.#last = index;
    stencil.hits++;
    if (stencil.nonAscii) json.nonAscii = true;
    return stencil.resource(draft);
  }

  /** Whether the piece stands at `at`, compared from `#word` on; `#word` is then the one that differs. */
  #stands(json: FhirCursor, stencil: Stencil, piece: number): boolean {
    const known = stencil.words;
    const words = json.words;
    const start = stencil.starts[piece] as number;
    const length = stencil.lengths[piece] as number;
    const whole = start + (length >> 3);
    let word = this.#word;
    let at = json.at + ((word - start) << 3);
    for (; word < whole; word++, at += 8) {
      if (words.getFloat64(at, true) !== known[word]) {
        this.#word = word;
        return false;
      }
    }
    this.#word = word;
    return (length & 7) === 0 || endStands(json, stencil, piece);
  }

  /** A stencil that is the same up to the word that differs, and has there what the text has; -1: none. */
  #other(json: FhirCursor, index: number, piece: number): number {
    const row = index * CAPACITY;
    for (let other = 0; other < this.#stencils.length; other++)
      if (this.#common[row + other] === this.#word && this.#agrees(json, other, piece)) return other;
    return -1;
  }

  #agrees(json: FhirCursor, index: number, piece: number): boolean {
    const stencil = this.#stencils[index] as Stencil;
    const before = (this.#word - (stencil.starts[piece] as number)) << 3;
    if (before + 8 > (stencil.lengths[piece] as number)) return endStands(json, stencil, piece);
    return json.words.getFloat64(json.at + before, true) === stencil.words[this.#word];
  }

  /** Whether the next walk is to be learned from; its holes are then noted. */
  prepare(json: FhirCursor): void {
    json.holes.open = false;
    if (this.#wait-- > 0 || json.end > LONGEST) return;
    this.#wait = 0;
    json.holes.begin();
  }

  /** Learns the make of the resource that was walked just now and is without fault. */
  learn(json: FhirCursor, draft: ResourceDraft, resource: FhirResource): void {
    json.holes.open = false;
    const stencil = new Stencil(json, draft, resource);
    let index = this.#stencils.length;
    if (index === CAPACITY) index = this.#leastUsed();
    this.#stencils[index] = stencil;
    for (const [other, known] of this.#stencils.entries()) {
      const common = other === index ? -1 : stencil.common(known);
      this.#common[index * CAPACITY + other] = common;
      this.#common[other * CAPACITY + index] = common;
    }
  }

  /** The stencil whose place is taken. One that served nobody was not worth learning, so the next must wait longer. */
  #leastUsed(): number {
    let least = 0;
    for (const [index, { hits }] of this.#stencils.entries())
      if (hits < (this.#stencils[least] as Stencil).hits) least = index;
    const served = (this.#stencils[least] as Stencil).hits > 0;
    this.#pause = served ? FIRST_PAUSE : Math.min(2 * this.#pause, LONGEST_PAUSE);
    this.#wait = this.#pause;
    for (const stencil of this.#stencils) stencil.hits >>>= 1;
    return least;
  }
}

/** Whether the end of a piece stands where it should, of which the whole words before do. */
function endStands(json: FhirCursor, stencil: Stencil, piece: number): boolean {
  const length = stencil.lengths[piece] as number;
  // The last eight bytes overlap what was compared: no byte is looked at alone.
  if (length >= 8) return json.words.getFloat64(json.at + length - 8, true) === stencil.lasts[piece];
  const from = (stencil.starts[piece] as number) << 3;
  for (let i = 0; i < length; i++) if (json.bytes[json.at + i] !== stencil.text[from + i]) return false;
  return true;
}
