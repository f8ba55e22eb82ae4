/** Something that must never be, seen in a simulated cluster. */
export class Violation extends Error {
  constructor(what: string, cause?: unknown) {
    super(what, cause === undefined ? undefined : { cause });
    this.name = 'Violation';
  }
}
