import { type Style, styled } from './ansi.ts';
import type { Look } from './look.ts';
import { cut, printable, widthOf } from './width.ts';

/** A piece of a line in one style. */
export type Span = readonly [text: string, style?: Style];

/** One line of the view: what stands at the left, and what is pushed to the right edge. */
export interface Line {
  readonly left: readonly Span[];
  readonly right?: readonly Span[];
}

/** Characters of the view that ASCII lacks, with what stands for them. */
const ASCII: Readonly<Record<string, string>> = {
  '·': '|',
  '…': '~',
  '−': '-',
  '×': 'x',
  '≥': '>=',
  '—': '-',
};

const asciiOf = (text: string): string => text.replace(/[^ -~]/gu, (character) => ASCII[character] ?? '?');

/** Draws a line in at most `columns` columns. The right side keeps its place; the left side is cut for it. */
export function paint(line: Line, columns: number, look: Look): string {
  const right = clean(line.right ?? [], look);
  const rightWidth = widthOfAll(right);
  const leftRoom = rightWidth === 0 || rightWidth >= columns ? columns : columns - rightWidth - 1;
  const left = cutAll(clean(line.left, look), leftRoom, look.unicode ? '…' : '~');
  if (rightWidth === 0 || rightWidth >= columns) return colour(left, look).trimEnd();
  const gap = ' '.repeat(columns - rightWidth - widthOfAll(left));
  return colour([...left, [gap], ...right], look);
}

const clean = (spans: readonly Span[], look: Look): Span[] =>
  spans.map(([text, style = 'plain']) => [look.unicode ? printable(text) : asciiOf(printable(text)), style]);

/** Columns of all the pieces together. */
export const widthOfAll = (spans: readonly Span[]): number =>
  spans.reduce((width, [text]) => width + widthOf(text), 0);

function cutAll(spans: readonly Span[], columns: number, ellipsis: string): Span[] {
  if (widthOfAll(spans) <= columns) return [...spans];
  const kept: Span[] = [];
  let room = columns - 1;
  for (const [text, style = 'plain'] of spans) {
    const shown = cut(text, room);
    kept.push([shown, style]);
    room -= widthOf(shown);
    if (shown !== text) break;
  }
  return columns < 1 ? [] : [...kept, [ellipsis]];
}

const colour = (spans: readonly Span[], look: Look): string =>
  spans.map(([text, style = 'plain']) => (look.colour ? styled(text, style) : text)).join('');
