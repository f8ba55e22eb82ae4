import { expect, test } from 'vitest';
import { refusalOf } from '../../../connectors/redis/refusal.ts';

const withArguments = (message: string): Error =>
  Object.assign(new Error(message), { command: { name: 'evalsha', args: ['Patient/planted'] } });

test.each([
  ['OOM command not allowed when used memory > maxmemory.', 'snapshot-store-unavailable'],
  ['LOADING Redis is loading the dataset in memory', 'snapshot-store-unavailable'],
  ["READONLY You can't write against a read only replica.", 'snapshot-store-unavailable'],
  ['CLUSTERDOWN The cluster is down', 'snapshot-store-unavailable'],
  ['WRONGPASS invalid username-password pair or user is disabled.', 'snapshot-store-refused'],
  ['NOPERM this user has no permissions to access one of the keys', 'snapshot-store-refused'],
  ['NOAUTH Authentication required.', 'snapshot-store-refused'],
])('%s is %s', (message, code) => {
  const error = refusalOf(new Error(message), 'redis:6379');
  expect(error.code).toBe(code);
  expect(error.message).toContain(message.slice(0, 20));
});

test('an error carries no argument of the command that failed: they are patients', () => {
  const error = refusalOf(
    withArguments("ERR unknown command 'evalsha', with args beginning with: 'Patient/planted'"),
    'redis:6379',
  );
  expect(error.cause).toBeUndefined();
  expect(JSON.stringify(error) + error.message + error.stack).not.toContain('planted');
  expect(error.message).toContain("unknown command 'evalsha'");
});
