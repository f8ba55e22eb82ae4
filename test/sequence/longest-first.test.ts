import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LONGEST, longestFirst } from './longest-first.ts';

test('every file that is named is there, once', () => {
  const root = new URL('../../', import.meta.url);
  expect(LONGEST.filter((name) => !existsSync(new URL(name, root)))).toEqual([]);
  expect(new Set(LONGEST).size).toBe(LONGEST.length);
});

test('the longest come first, the others stay in their order, and none is left out', () => {
  const [first = '', second = ''] = LONGEST;
  const names = ['test/b.test.ts', second, 'test/a.test.ts', first, `test/${first}.ts`];
  const sorted = longestFirst(names.map((name) => ({ moduleId: `/clone/${name}` })));
  expect(sorted.map(({ moduleId }) => moduleId)).toEqual(
    [first, second, 'test/b.test.ts', 'test/a.test.ts', `test/${first}.ts`].map((name) => `/clone/${name}`),
  );
});
