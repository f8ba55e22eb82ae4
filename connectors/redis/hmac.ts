import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;

/** HMAC-SHA-256 (RFC 2104) of many short texts: an object of the library per text costs ten times as much. */
export class Hmac {
  readonly #inner: Buffer = Buffer.alloc(BLOCK_BYTES, 0x36);
  readonly #outer: Buffer = Buffer.alloc(BLOCK_BYTES, 0x5c);

  /** @throws RangeError for a secret longer than a block: it would have to be hashed first, and none here is. */
  constructor(secret: Uint8Array) {
    if (secret.length > BLOCK_BYTES) throw new RangeError(`A secret of ${secret.length} bytes.`);
    for (const [i, byte] of secret.entries()) {
      this.#inner[i] = byte ^ 0x36;
      this.#outer[i] = byte ^ 0x5c;
    }
  }

  of(text: Uint8Array): Buffer {
    const inner = hash('sha256', Buffer.concat([this.#inner, text]), 'buffer');
    return hash('sha256', Buffer.concat([this.#outer, inner]), 'buffer');
  }
}
