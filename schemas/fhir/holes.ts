/** What stands in a hole of a text that is skipped: nothing that anyone wants. */
export const SKIPPED: unique symbol = Symbol('skipped');

/**
 * Where in a text the values stand that are likely to differ in the next record of the same make, and what was read
 * from each: a string, a note, a Quantity, or `SKIPPED`. Written down only while someone wants to know.
 */
export class Holes {
  open = false;
  readonly froms: number[] = [];
  readonly tos: number[] = [];
  readonly read: unknown[] = [];

  begin(): void {
    this.open = true;
    this.froms.length = 0;
    this.tos.length = 0;
    this.read.length = 0;
  }

  /** Notes a value, quotes included, between two offsets. */
  add(from: number, to: number, read: unknown): void {
    this.froms.push(from);
    this.tos.push(to);
    this.read.push(read);
  }
}
