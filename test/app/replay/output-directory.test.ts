import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OutputDirectory } from '../../../app/replay/output-directory.ts';
import { workDirectory } from './replay-run.ts';

const directory = workDirectory();

function run(path: string, what: string): void {
  const output = new OutputDirectory(path);
  output.write('episodes.jsonl', [what]);
  output.write('summary.json', [what]);
  try {
    output.publish();
  } finally {
    output.discard();
  }
}

test('where a summary stands, everything beside it is of its run, also when moving fails in the middle', () => {
  const path = join(directory, 'results');
  run(path, 'first');
  expect(readFileSync(join(path, 'summary.json'), 'utf8')).toBe('first\n');
  mkdirSync(join(path, 'states.jsonl'));
  expect(() => run(path, 'second')).toThrow(expect.objectContaining({ code: 'output-unwritable' }));
  expect(readFileSync(join(path, 'episodes.jsonl'), 'utf8')).toBe('second\n');
  expect(existsSync(join(path, 'summary.json'))).toBe(false);
  expect(readdirSync(path).toSorted()).toEqual(['episodes.jsonl', 'states.jsonl']);
});
