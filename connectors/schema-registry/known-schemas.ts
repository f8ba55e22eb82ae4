import { normalised } from '../../schemas/codecs/normalised.ts';

/**
 * What a registry once said and never takes back: which schema an id has, and which id a schema has in a subject.
 * One request answers all who ask for the same at the same time; what failed is asked for again.
 */
export class KnownSchemas {
  readonly #schemas = new Map<number, string>();
  readonly #ids = new Map<string, number>();
  readonly #asked = new Map<string, Promise<unknown>>();

  learn(subject: string, id: number, schema: string): void {
    this.#schemas.set(id, schema);
    this.#ids.set(keyOf(subject, schema), id);
  }

  schemaOf(id: number, ask: () => Promise<string>): Promise<string> {
    return this.#known(this.#schemas, id, `id ${id}`, ask);
  }

  idOf(subject: string, schema: string, ask: () => Promise<number>): Promise<number> {
    const key = keyOf(subject, schema);
    return this.#known(this.#ids, key, `schema ${key}`, ask);
  }

  async #known<K, V>(map: Map<K, V>, key: K, name: string, ask: () => Promise<V>): Promise<V> {
    const known = map.get(key);
    if (known !== undefined) return known;
    // A second one waits for the first, and then finds what that learned.
    const asked = this.#asked.get(name);
    if (asked !== undefined) {
      await asked;
      return this.#known(map, key, name, ask);
    }
    const asking = ask();
    this.#asked.set(name, asking);
    try {
      const value = await asking;
      map.set(key, value);
      return value;
    } finally {
      this.#asked.delete(name);
    }
  }
}

const keyOf = (subject: string, schema: string): string => JSON.stringify([subject, normalised(schema)]);
