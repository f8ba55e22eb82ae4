import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { secretOf } from '../../../app/configuration/secret.ts';

test('a secret in a file is what it was while the file is replaced, and then the new one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sepsis-streams-secret-'));
  const file = join(folder, 'password');
  writeFileSync(file, 'before\n');
  const faults: string[] = [];
  const secret = secretOf({ KAFKA_PASSWORD_FILE: file }, 'KAFKA_PASSWORD', faults);
  expect([faults, secret?.()]).toEqual([[], 'before']);
  rmSync(file);
  expect(secret?.()).toBe('before');
  writeFileSync(file, '');
  expect(secret?.()).toBe('before');
  writeFileSync(file, 'after');
  expect(secret?.()).toBe('after');
  rmSync(folder, { recursive: true });
});

test('a file that was never read is a fault', () => {
  const faults: string[] = [];
  secretOf({ KAFKA_PASSWORD_FILE: '/nowhere/password' }, 'KAFKA_PASSWORD', faults);
  expect(faults).toEqual([expect.stringContaining('cannot be read (ENOENT)')]);
});
