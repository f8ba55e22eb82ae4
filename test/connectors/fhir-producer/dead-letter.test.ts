import { expect, test } from 'vitest';
import { publishDeadLetter } from '../../../connectors/fhir-producer/dead-letter.ts';
import { headerText } from '../../../topology/model/record.ts';

const why = { reason: 'too-large', detail: 'too many bytes', place: 7 };
const MiB = 1024 * 1024;

test.for([
  ['both', 10, 20, 10, 20, undefined, undefined],
  ['the value alone', MiB, 1.5 * MiB, undefined, 1.5 * MiB, String(MiB), undefined],
  ['the key alone', 10, 2 * MiB, 10, undefined, undefined, String(2 * MiB)],
  ['neither', 3 * MiB, 2 * MiB, undefined, undefined, String(3 * MiB), String(2 * MiB)],
] as const)('a dead letter has room for %s', ([, keyBytes, bytes, keptKey, kept, toldKey, told]) => {
  const offered = { key: Buffer.alloc(keyBytes), value: Buffer.alloc(bytes) };
  const { key, value, headers = {} } = publishDeadLetter(offered, why, 0);
  expect([key?.length, value?.length]).toEqual([keptKey, kept]);
  const header = (name: string): string | undefined => headerText(headers, `__connect.errors.${name}`);
  expect([header('key.bytes'), header('value.bytes'), header('line')]).toEqual([toldKey, told, '7']);
});
