import { checkEncryptionKeys, type EncryptionKeys } from '../../connectors/redis/encryption.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { secretOf, whatOf } from './secret.ts';

/**
 * Keys of snapshots as `SNAPSHOT_KEYS` or the file of `SNAPSHOT_KEYS_FILE` names them: `id:base64`, with commas or lines
 * between. The first one writes; all of them read, so that a new key may be put before the old one. Undefined: none.
 */
export function encryptionKeys(
  environment: Readonly<Record<string, string | undefined>>,
  faults: string[],
): EncryptionKeys | undefined {
  const before = faults.length;
  const text = secretOf(environment, 'SNAPSHOT_KEYS', faults);
  if (text === undefined || faults.length > before) return undefined;
  const entries = text()
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry): [string, Uint8Array] => {
      const colon = entry.indexOf(':');
      return [entry.slice(0, Math.max(0, colon)), Buffer.from(entry.slice(colon + 1), 'base64')];
    });
  const keys = { current: entries[0]?.[0] ?? '', secrets: new Map(entries) };
  try {
    if (keys.secrets.size < entries.length)
      throw new StreamsError('configuration', 'Snapshots cannot be encrypted: two keys have one id.');
    checkEncryptionKeys(keys);
    return keys;
  } catch (error) {
    if (!(error instanceof StreamsError)) throw error;
    faults.push(`SNAPSHOT_KEYS: ${whatOf(error)} Give id:base64 of 32 bytes, as of openssl rand -base64 32.`);
    return undefined;
  }
}
