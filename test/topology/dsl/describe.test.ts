import { expect, describe as group, test } from 'vitest';
import { describe } from '../../../topology/dsl/describe.ts';
import { describeMermaid } from '../../../topology/dsl/mermaid.ts';
import { loudAndQuiet, wordCount } from './word-count.ts';

const golden = (name: string): string => `../../golden/topology-${name}.txt`;

group('what a topology looks like is a golden file', () => {
  test('word count as text', async () => {
    await expect(describe(wordCount())).toMatchFileSnapshot(golden('word-count'));
  });
  test('word count as Mermaid', async () => {
    await expect(describeMermaid(wordCount())).toMatchFileSnapshot(golden('word-count-mermaid'));
  });
  test('two sources, a merge and branches as text', async () => {
    await expect(describe(loudAndQuiet())).toMatchFileSnapshot(golden('loud-and-quiet'));
  });
  test('two sources, a merge and branches as Mermaid', async () => {
    await expect(describeMermaid(loudAndQuiet())).toMatchFileSnapshot(golden('loud-and-quiet-mermaid'));
  });
});

test('names that Mermaid would read as its own signs are written as entities', () => {
  const odd = { name: 't', nodes: [{ kind: 'source', name: 'a"<b>&', topics: [] }] } as const;
  expect(describeMermaid(odd)).toContain('"a#quot;#lt;b#gt;#amp;"');
});
