import { map, merge, type Observable, partition, take } from 'rxjs';
import { expect, test } from 'vitest';
import { StageInput } from '../../../topology/runtime/stage-input.ts';

test('a value goes to everyone who is subscribed, in the order of subscription', () => {
  const input = new StageInput();
  const seen: unknown[] = [];
  const twice = (values: Observable<unknown>): Observable<unknown> =>
    merge(values.pipe(map((value) => `a${Number(value)}`)), values.pipe(map((value) => `b${Number(value)}`)));
  twice(input.values).subscribe((value) => seen.push(value));
  input.next(1);
  input.next(2);
  expect(seen).toEqual(['a1', 'b1', 'a2', 'b2']);
});

test('an operator that parts the stream and joins it again sees each value once', () => {
  const input = new StageInput();
  const [even, odd] = partition(input.values, (value) => Number(value) % 2 === 0);
  const seen: unknown[] = [];
  merge(odd, even).subscribe((value) => seen.push(value));
  for (const value of [1, 2, 3]) input.next(value);
  expect(seen).toEqual([1, 2, 3]);
});

test('whoever has left gets no more, and whoever comes while a value is handed on waits for the next', () => {
  const input = new StageInput();
  const seen: unknown[] = [];
  input.values.pipe(take(1)).subscribe((value) => {
    seen.push(`first ${Number(value)}`);
    input.values.subscribe((later) => seen.push(`later ${Number(later)}`));
  });
  input.values.subscribe((value) => seen.push(`other ${Number(value)}`));
  for (const value of [1, 2]) input.next(value);
  expect(seen).toEqual(['first 1', 'other 1', 'other 2', 'later 2']);
});
