import * as frontDoor from '@platformatic/kafka';
import { expect, test } from 'vitest';
import * as library from '../../../connectors/platformatic/library.ts';

test.for(Object.keys(library))('%s is what the front door of the library gives', (name) => {
  const given: Record<string, unknown> = { ...frontDoor };
  const taken: Record<string, unknown> = { ...library };
  expect(taken[name]).toBeDefined();
  expect(taken[name]).toBe(given[name]);
});
