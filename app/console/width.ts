const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** C0 and C1 controls, and what turns text around or hides it: a bed's name must not steer the terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Blocks that terminals draw two columns wide: CJK, Hangul, full-width forms, emoji. */
const WIDE =
  /[\u1100-\u115f\u231a\u231b\u2329\u232a\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2600-\u27bf\u2b1b\u2b1c\u2b50\u2b55\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const ZERO = /^[\p{Mn}\p{Me}]+$/u;

/** The text without anything that a terminal would obey. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, '');

/** Columns that a terminal needs for a printable text. Where terminals differ it is the larger number. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment);
  return width;
}

function widthOfGrapheme(grapheme: string): number {
  if (/^[\u0020-\u007e]$/.test(grapheme)) return 1;
  if (ZERO.test(grapheme)) return 0;
  let width = 0;
  // A cluster that the terminal does not know is drawn part by part.
  for (const character of grapheme) width += ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** The text cut to at most so many columns, ending in `ellipsis` when something was cut. */
export function cut(text: string, columns: number, ellipsis = ''): string {
  if (widthOf(text) <= columns) return text;
  const room = columns - widthOf(ellipsis);
  if (room < 0) return '';
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOfGrapheme(segment);
    if (width > room) break;
    kept += segment;
  }
  return kept + ellipsis;
}

/** The text in exactly so many columns: cut, or filled with spaces. */
export function fit(text: string, columns: number, ellipsis = ''): string {
  const shown = cut(text, columns, ellipsis);
  return shown + ' '.repeat(Math.max(0, columns - widthOf(shown)));
}
