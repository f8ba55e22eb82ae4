const CAPACITY = 4_096;
const LENGTH_BITS = 12;

/** What a text is asked for by. */
export type Note = number;

/**
 * The strings of one record that do not recur, as ids and times: noted while the record is walked, and made afterwards
 * as slices of one text that holds just them. A call into C++ costs more than their characters do, so there is one.
 */
export class NotedTexts {
  private readonly bytes: Buffer = Buffer.from(new ArrayBuffer(CAPACITY + 4));
  private readonly words: DataView = new DataView(this.bytes.buffer);
  private end = 0;
  private all: string | undefined = undefined;
  /** Those that are text already. */
  private readonly texts: string[] = [];

  clear(): void {
    this.end = 0;
    this.all = undefined;
    if (this.texts.length > 0) this.texts.length = 0;
  }

  /** Notes a text of ASCII alone; undefined when there is no more room. */
  note(words: DataView, from: number, to: number): Note | undefined {
    const start = this.end;
    const length = to - from;
    if (length > CAPACITY - 1 - start) return undefined;
    for (let i = 0; i < length; i += 4) this.words.setInt32(start + i, words.getInt32(from + i));
    this.end = start + length;
    return (start << LENGTH_BITS) | length;
  }

  /** Notes a text that is made already. */
  noteText(text: string): Note {
    return ~(this.texts.push(text) - 1);
  }

  text(note: Note | undefined): string | undefined {
    if (note === undefined) return undefined;
    if (note < 0) return this.texts[~note];
    this.all ??= this.bytes.toString('latin1', 0, this.end);
    const start = note >> LENGTH_BITS;
    return this.all.substring(start, start + (note & ((1 << LENGTH_BITS) - 1)));
  }
}
