import { readFileSync, writeFileSync } from 'node:fs';
import { type Figure, median } from './measure.ts';

const README = new URL('README.md', import.meta.url);

const number = (n: number): string =>
  Math.abs(n) >= 100 ? Math.round(n).toLocaleString('en') : n.toFixed(2);

/** Median and range of each figure. */
export function figureTable(
  results: readonly { readonly title: string; readonly figures: readonly Figure[] }[],
): string {
  const rows = results.flatMap(({ title, figures }) =>
    figures.map(
      ({ name, unit, samples }) =>
        `| ${title} | ${name} | ${number(median(samples))} | ${number(Math.min(...samples))} – ${number(Math.max(...samples))} | ${unit} |`,
    ),
  );
  return ['| scenario | figure | median | range | unit |', '|---|---|---:|---:|---|', ...rows].join('\n');
}

/** Writes a text between the marks of the README that bear this name. */
export function intoReadme(mark: 'table' | 'real', text: string): void {
  const readme = readFileSync(README, 'utf8');
  const begin = `<!-- ${mark} -->`;
  const end = '<!-- end -->';
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`README.md has no ${begin} ... ${end}.`);
  writeFileSync(README, `${readme.slice(0, from)}${begin}\n${text}\n${readme.slice(to)}`);
}
