/** What the terminal can show. */
export interface Look {
  readonly colour: boolean;
  /** False: ASCII only. */
  readonly unicode: boolean;
}

/**
 * Reads the look from the environment: NO_COLOR (any text) and TERM=dumb turn colour off, FORCE_COLOR turns it on;
 * Unicode needs a UTF-8 locale (LC_ALL, else LC_CTYPE, else LANG) or Windows Terminal.
 */
export function lookOf(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): Look {
  const { NO_COLOR, FORCE_COLOR, TERM, WT_SESSION, LC_ALL, LC_CTYPE, LANG } = environment;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '') ?? '';
  return {
    // The convention of no-color.org: present and not empty.
    colour: (NO_COLOR ?? '') === '' && (forced || (isTerminal && TERM !== 'dumb')),
    unicode: TERM !== 'linux' && (/utf-?8/i.test(locale) || WT_SESSION !== undefined),
  };
}
