/** A code block of a page, and the region of a file that it is said to be. */
export interface QuotedBlock {
  /** As the comment before the block says it; undefined: it says nothing. */
  readonly source: { readonly file: string; readonly region: string } | undefined;
  readonly code: string;
}

const BLOCK = /(?:<!-- (\S+) (\S+) -->\n)?```(?:ts|js)\n([^]*?)```/g;

/** The blocks of a page that are code. */
export const blocksOf = (page: string): readonly QuotedBlock[] =>
  [...page.matchAll(BLOCK)].map(([, file, region, code = '']) => ({
    source: file === undefined || region === undefined ? undefined : { file, region },
    code,
  }));

/** The lines between `// #region NAME` and the next `// #endregion`; undefined: there is no such region. */
export function regionOf(source: string, name: string): string | undefined {
  const lines = source.split('\n');
  const from = lines.indexOf(`// #region ${name}`);
  const to = lines.indexOf('// #endregion', from);
  return from < 0 || to < 0 ? undefined : `${lines.slice(from + 1, to).join('\n')}\n`;
}
