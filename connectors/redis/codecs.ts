import { Encryption, type EncryptionKeys } from './encryption.ts';
import { EntryCodec } from './entry-codec.ts';

/** Said of a generation that is not encrypted, in place of a key id. */
const NO_KEY = '';

/** The codecs of one task by key id. */
export class Codecs {
  readonly #keys: EncryptionKeys | undefined;
  readonly #scope: string;
  readonly #known = new Map<string, EntryCodec>();

  constructor(keys: EncryptionKeys | undefined, scope: string) {
    this.#keys = keys;
    this.#scope = scope;
  }

  /** Key id of what is written now. */
  get current(): string {
    return this.#keys?.current ?? NO_KEY;
  }

  /** Undefined: written with a key that is not here. What is in the clear is read, with keys and without. */
  of(keyId: string): EntryCodec | undefined {
    const known = this.#known.get(keyId);
    if (known !== undefined) return known;
    const secret = this.#keys?.secrets.get(keyId);
    if (keyId !== NO_KEY && secret === undefined) return undefined;
    const codec = new EntryCodec(secret === undefined ? undefined : new Encryption(secret, this.#scope));
    this.#known.set(keyId, codec);
    return codec;
  }
}
