/**
 * What a step may say instead of a value. Both are ordinary elements of the stream, so a step stays pure:
 * the runtime routes a dead letter to its topic and counts what was ignored.
 */
export class DeadLetter {
  readonly reason: string;
  /** One line for an engineer: the path and the rule. Holds no patient data. */
  readonly detail: string;
  /** Extra headers as text, for instance the position of the record that this one was made from. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  constructor(reason: string, detail: string, headers?: Readonly<Record<string, string>>) {
    this.reason = reason;
    this.detail = detail;
    this.headers = headers;
  }
}

/** The record is not for us (another code, a status that does not count): counted by reason, nothing is written. */
export class Ignored {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

export type Verdict = DeadLetter | Ignored;

export const isVerdict = (element: unknown): element is Verdict =>
  element instanceof DeadLetter || element instanceof Ignored;
