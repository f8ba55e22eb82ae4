import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { StreamsError } from '../../topology/model/errors.ts';
import { Hmac } from './hmac.ts';

/** Secrets of 32 bytes by key id. All of them read, `current` writes. */
export interface EncryptionKeys {
  readonly current: string;
  readonly secrets: ReadonlyMap<string, Uint8Array>;
}

const SECRET_BYTES = 32;
const SALT_BYTES = 16;
const COUNTER_BYTES = 4;
const TAG_BYTES = 16;
const HEAD_BYTES = SALT_BYTES + COUNTER_BYTES;
/** Of the name's HMAC: enough that no two of a task's entries share it. */
const FIELD_BYTES = 16;
/** Entries of as many saves, at least, are read without deriving their key again. */
const KEYS_KEPT = 4_096;

/** @throws StreamsError `configuration`, naming every fault and no secret. */
export function checkEncryptionKeys({ current, secrets }: EncryptionKeys): void {
  const faults = [...secrets]
    .filter(([id, secret]) => id === '' || secret.length !== SECRET_BYTES)
    .map(([id, secret]) => `key '${id}' has ${secret.length} bytes, not ${SECRET_BYTES}`);
  if (!secrets.has(current)) faults.push(`there is no key '${current}' to write with`);
  if (faults.length > 0)
    throw new StreamsError('configuration', `Snapshots cannot be encrypted: ${faults.join('; ')}.`);
}

/**
 * AES-256-GCM with one secret, for one task. Each save has a random salt and with it a key of its own, its entries count
 * up as nonces: no pair of key and nonce comes twice, however much is written with one secret.
 */
export class Encryption {
  readonly #secret: Hmac;
  readonly #scope: Buffer;
  readonly #names: Hmac;
  readonly #entryKeys = new Map<string, KeyObject>();

  /** What was sealed in one scope does not open in another. */
  constructor(secret: Uint8Array, scope: string) {
    this.#secret = new Hmac(secret);
    this.#scope = Buffer.from(`${scope}\0`);
    this.#names = new Hmac(this.#secret.of(Buffer.from('names')));
  }

  /** Stands for an entry's name without telling it: names are patients. */
  fieldOf(name: Uint8Array): Buffer {
    return this.#names.of(this.#bound(name)).subarray(0, FIELD_BYTES);
  }

  /** Seals the entries of one save. */
  sealing(): (field: Uint8Array, content: Uint8Array) => Buffer {
    const salt = randomBytes(SALT_BYTES);
    const key = this.#entryKey(salt);
    let entries = 0;
    return (field, content) => {
      const head = Buffer.alloc(HEAD_BYTES);
      salt.copy(head);
      head.writeUInt32BE(entries++, SALT_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(head), { authTagLength: TAG_BYTES });
      cipher.setAAD(this.#bound(field));
      return Buffer.concat([head, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
    };
  }

  /** Undefined: it was not sealed with this secret for this field, or is not what was sealed. */
  open(field: Uint8Array, sealed: Buffer): Buffer | undefined {
    if (sealed.length < HEAD_BYTES + TAG_BYTES) return undefined;
    const head = sealed.subarray(0, HEAD_BYTES);
    const key = this.#entryKey(head.subarray(0, SALT_BYTES));
    const cipher = createDecipheriv('aes-256-gcm', key, nonceOf(head), { authTagLength: TAG_BYTES });
    cipher.setAAD(this.#bound(field));
    cipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([cipher.update(sealed.subarray(HEAD_BYTES, -TAG_BYTES)), cipher.final()]);
    } catch {
      return undefined;
    }
  }

  #bound(field: Uint8Array): Buffer {
    return Buffer.concat([this.#scope, field]);
  }

  #entryKey(salt: Buffer): KeyObject {
    const name = salt.toString('latin1');
    const known = this.#entryKeys.get(name);
    if (known !== undefined) return known;
    // An object: a key in bytes is taken in anew by each cipher, which costs more than the cipher does.
    const key = createSecretKey(this.#secret.of(Buffer.concat([Buffer.from('entries'), salt])));
    if (this.#entryKeys.size >= KEYS_KEPT) this.#entryKeys.clear();
    this.#entryKeys.set(name, key);
    return key;
  }
}

/** 12 bytes, of which the counter is the end. */
function nonceOf(head: Buffer): Buffer {
  const nonce = Buffer.alloc(12);
  head.copy(nonce, 12 - COUNTER_BYTES, SALT_BYTES, HEAD_BYTES);
  return nonce;
}
