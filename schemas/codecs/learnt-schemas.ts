import { isStreamsError } from '../../topology/model/errors.ts';

/** Ids that no schema has: bytes that were never Avro can name any, so their number is bounded. */
const REMEMBERED = 10_000;

/** What was asked of a registry while records came: each id once. */
export class LearntSchemas {
  readonly #schemaOf: (id: number) => Promise<string>;
  readonly #take: (id: number, schema: string) => void;
  readonly #absent = new Set<number>();

  /** `take` gets each schema that is found; what it throws is as if there were none. */
  constructor(schemaOf: (id: number) => Promise<string>, take: (id: number, schema: string) => void) {
    this.#schemaOf = schemaOf;
    this.#take = take;
  }

  /** It was asked for, and there is none that can be read. */
  isAbsent(id: number): boolean {
    return this.#absent.has(id);
  }

  /** Resolves when it is known what is to be thought of the id. @throws what the registry throws while it cannot say. */
  async learn(id: number): Promise<void> {
    let schema: string;
    try {
      schema = await this.#schemaOf(id);
    } catch (error) {
      if (!isStreamsError(error) || error.code !== 'unknown-schema') throw error;
      this.#isAbsent(id);
      return;
    }
    try {
      this.#take(id, schema);
    } catch {
      // A schema of another kind, or none that Avro knows.
      this.#isAbsent(id);
    }
  }

  #isAbsent(id: number): void {
    if (this.#absent.size >= REMEMBERED) this.#absent.clear();
    this.#absent.add(id);
  }
}
