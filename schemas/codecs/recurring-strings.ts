import { InternedStrings } from './interned-strings.ts';

/**
 * Strings that come again and again, shared by all who read them. References repeat per patient, codes and topics all
 * the time; they are kept apart, so that patients do not drive out codes.
 */
export const references: InternedStrings = new InternedStrings(16_384);
export const vocabulary: InternedStrings = new InternedStrings(256, asKey);

/** The string that a literal of this text is: to compare the two is then to compare addresses. */
function asKey(text: string): string {
  return Object.keys({ [text]: true })[0] ?? text;
}
