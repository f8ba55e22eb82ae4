import { expect, test } from 'vitest';
import { ResponseError } from '../../../connectors/platformatic/library.ts';
import { translated } from '../../../connectors/platformatic/protocol-error.ts';

const ADD_PARTITIONS_TO_TXN = 24;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
const OPERATION_NOT_ATTEMPTED = 55;

test('of several parts the one that is at fault is told, and not what was not attempted because of it', () => {
  const codes = [OPERATION_NOT_ATTEMPTED, UNKNOWN_TOPIC_OR_PARTITION, OPERATION_NOT_ATTEMPTED];
  const parts = codes.map((code, i): [string, [number, string | null]] => [`/${i}`, [code, null]]);
  const error = new ResponseError(ADD_PARTITIONS_TO_TXN, 3, Object.fromEntries(parts), {});
  // It passes by itself: a broker that has just started does not know the topic yet.
  expect(translated(error, 'Adding')).toMatchObject({ code: 'broker-unavailable', retry: true });
});
