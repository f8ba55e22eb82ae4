import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blocksOf, regionOf } from './quoted-blocks.ts';

const project = join(import.meta.dirname, '../..');
const page = join(project, 'docs/testing.md');
const text = readFileSync(page, 'utf8');
const read = (file: string): string => readFileSync(join(project, file), 'utf8');

describe('docs/testing.md', () => {
  test.for(blocksOf(text).map((block) => [block.source?.region ?? block.code, block] as const))(
    'shows %s as it stands in the file that runs',
    ([, { source, code }]) => {
      expect(source, 'a comment before the block that says where it is from').toBeDefined();
      if (source !== undefined) expect(code).toBe(regionOf(read(source.file), source.region));
    },
  );

  test.for([
    'test/examples/step.test.ts',
    'test/examples/test-driver.test.ts',
    'test/examples/simulate.test.ts',
    'examples/word-count.ts',
  ])('shows every region of %s', (file) => {
    const regions = [...read(file).matchAll(/^\/\/ #region (.*)$/gm)].map(([, name]) => name);
    const shown = blocksOf(text).flatMap(({ source }) => (source?.file === file ? [source.region] : []));
    expect(new Set(shown)).toEqual(new Set(regions));
    expect(shown).not.toEqual([]);
  });

  test('links to files that are there', () => {
    const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });
});

describe('a page with code blocks', () => {
  test('is seen to differ from its files', () => {
    const source = '// #region a\nconst a = 1;\n// #endregion\n';
    expect(blocksOf('<!-- x.ts a -->\n```ts\nconst a = 2;\n```\n')[0]?.code).not.toBe(regionOf(source, 'a'));
    expect(blocksOf('text\n```ts\nconst a = 1;\n```\n')[0]?.source).toBeUndefined();
    expect(regionOf(source, 'b')).toBeUndefined();
  });
});
