/** Styles of the view; what they look like is decided here alone. */
export type Style = 'plain' | 'bold' | 'dim' | 'alarm' | 'warning' | 'good' | 'title';

/** Select Graphic Rendition parameters. Bright colours of the 16, so that dark and light themes both show them. */
const SGR: Readonly<Record<Style, string>> = {
  plain: '',
  bold: '1',
  dim: '2',
  alarm: '1;31',
  warning: '33',
  good: '32',
  title: '1;36',
};

const ESC = '\u001b[';

/** The text in a style; unchanged when the style is plain. */
export const styled = (text: string, style: Style): string =>
  style === 'plain' || text === '' ? text : `${ESC}${SGR[style]}m${text}${ESC}0m`;

/** What the screen writes besides text. */
export const TERMINAL: {
  readonly enter: string;
  readonly leave: string;
  readonly beginFrame: string;
  readonly endFrame: string;
  readonly line: (row: number) => string;
  readonly clearRest: string;
  readonly clearAll: string;
} = {
  // Alternate screen, no cursor, no wrapping, empty.
  enter: `${ESC}?1049h${ESC}?25l${ESC}?7l${ESC}2J`,
  leave: `${ESC}?7h${ESC}?25h${ESC}?1049l`,
  // Terminals that know synchronized output show a frame at once; the others ignore it.
  beginFrame: `${ESC}?2026h`,
  endFrame: `${ESC}?2026l`,
  line: (row) => `${ESC}${row};1H`,
  clearRest: `${ESC}K`,
  clearAll: `${ESC}2J`,
};
