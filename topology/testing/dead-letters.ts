import { type Headers, headerText, type KafkaRecord } from '../model/record.ts';
import { ERROR_HEADERS } from '../runtime/dead-letter-record.ts';

/** A record that a step refused, and why. Key, value and headers are the bytes as they were received. */
export interface TestDeadLetter {
  readonly reason: string;
  readonly step: string;
  readonly detail: string;
  /** Where the record stood. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
}

const OURS: ReadonlySet<string> = new Set(Object.values(ERROR_HEADERS));

/** Dead letters that were not taken yet. */
export class DeadLetters {
  readonly #unread: () => readonly KafkaRecord[];
  #waiting: TestDeadLetter[] = [];

  /** `unread` gives each record of the dead-letter topic once. */
  constructor(unread: () => readonly KafkaRecord[]) {
    this.#unread = unread;
  }

  /** All, or those of one reason; each is given once. */
  take(reason: string | undefined): readonly TestDeadLetter[] {
    const all = [...this.#waiting, ...this.#unread().map(deadLetterOf)];
    const wanted = (letter: TestDeadLetter): boolean => reason === undefined || letter.reason === reason;
    this.#waiting = all.filter((letter) => !wanted(letter));
    return all.filter(wanted);
  }
}

/** Takes a dead letter apart into what was received and what was said about it. */
function deadLetterOf({ key, value, headers = {} }: KafkaRecord): TestDeadLetter {
  const said = (name: string): string => headerText(headers, name) ?? '';
  return {
    reason: said(ERROR_HEADERS.reason),
    step: said(ERROR_HEADERS.step),
    detail: said(ERROR_HEADERS.message),
    topic: said(ERROR_HEADERS.topic),
    partition: Number(said(ERROR_HEADERS.partition)),
    offset: Number(said(ERROR_HEADERS.offset)),
    key,
    value,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !OURS.has(name))),
  };
}
