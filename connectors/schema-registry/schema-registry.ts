import { incompatibilities } from '../../schemas/codecs/avro-type.ts';
import { normalised } from '../../schemas/codecs/normalised.ts';
import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import type {
  Compatibility,
  RegisteredSchema,
  SchemaRegistry,
} from '../../topology/ports/schema-registry.ts';
import { type Answer, fieldOf } from './answer.ts';
import { KnownSchemas } from './known-schemas.ts';
import type { SchemaRegistryOptions } from './options.ts';
import { registryRoutes } from './routes.ts';
import { idFrom, levelFrom, schemaFrom, versionFrom } from './said.ts';

/** A Schema Registry with compatibility levels that can be read and set. */
export interface LevelledSchemaRegistry extends SchemaRegistry {
  /** The subject's own level, such as `BACKWARD`; undefined when it has none and the registry's holds. */
  level(subject: string): Promise<string | undefined>;
  /** Of a subject that has a version: some registries set none before. */
  setLevel(subject: string, level: 'BACKWARD'): Promise<void>;
}

/**
 * A Schema Registry with Confluent's protocol. Ids and schemas that it has told once are never asked for again, so who knows
 * them goes on while it is down; so do lists of versions, whose last answer then holds. What fails for a time is tried again
 * within the limits of the options.
 *
 * All methods: @throws StreamsError `registry-unavailable`, `registry-tls-untrusted`, `registry-authentication-failed`,
 * `registry-not-authorized`, `registry-refused`, `not-a-registry`.
 */
export function schemaRegistry(options: SchemaRegistryOptions): LevelledSchemaRegistry {
  const routes = registryRoutes(options);
  const known = new KnownSchemas();
  const lists = new Map<string, readonly RegisteredSchema[]>();
  const { url } = options;

  const learned = (subject: string, version: RegisteredSchema): RegisteredSchema => {
    known.learn(subject, version.id, version.schema);
    return version;
  };

  const version = async (
    subject: string,
    number: number | 'latest',
  ): Promise<RegisteredSchema | undefined> => {
    const answer = await routes.version(subject, number);
    return answer.kind === 'absent' ? undefined : learned(subject, versionFrom(url, found(url, answer)));
  };

  const latest = (subject: string): Promise<RegisteredSchema | undefined> => version(subject, 'latest');

  /** The library has no route for the list, so each number up to the last is asked for; deleted ones have none. */
  const list = async (subject: string): Promise<readonly RegisteredSchema[]> => {
    const last = await latest(subject);
    if (last === undefined) return [];
    const earlier: (RegisteredSchema | undefined)[] = [];
    for (let next = 1; next < last.version; next += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, last.version - next) }, (_, i) => next + i);
      earlier.push(...(await Promise.all(numbers.map((number) => version(subject, number)))));
    }
    return [...earlier.filter((one) => one !== undefined), last];
  };

  const find = async (subject: string, schema: string): Promise<number | undefined> => {
    const answer = await routes.lookup(subject, schema);
    if (answer.kind !== 'absent') return idFrom(url, found(url, answer));
    // Some registries look for the very text; another way of writing it is the same schema.
    const same = (await list(subject)).find((one) => normalised(one.schema) === normalised(schema));
    return same?.id;
  };

  const idOf = (subject: string, schema: string): Promise<number> =>
    known.idOf(subject, schema, async () => {
      const id = await find(subject, schema);
      if (id === undefined)
        throw new StreamsError('unknown-schema', `${subject} does not have this schema at ${url}.`);
      return id;
    });

  return Object.freeze<LevelledSchemaRegistry>({
    idOf,
    latest,
    register: async (subject, schema) => {
      const there = await find(subject, schema);
      if (there !== undefined) return there;
      // Whatever the level of the subject is: a reader of this build must be able to read what is there.
      const last = await latest(subject);
      const reasons = last === undefined ? [] : incompatibilities(schema, last.schema);
      if (reasons.length > 0) throw incompatible(subject, reasons.join('; '));
      const answer = await routes.register(subject, schema);
      if (answer.kind === 'incompatible') throw incompatible(subject, answer.message);
      const id = idFrom(url, found(url, answer));
      known.learn(subject, id, schema);
      return id;
    },
    schemaOf: (id) =>
      known.schemaOf(id, async () => {
        const answer = await routes.schema(id);
        if (answer.kind === 'absent')
          throw new StreamsError('unknown-schema', `No schema has the id ${id} at ${url}.`);
        return schemaFrom(url, found(url, answer));
      }),
    versions: async (subject) => {
      try {
        const versions = await list(subject);
        lists.set(subject, versions);
        return versions;
      } catch (error) {
        const last = lists.get(subject);
        if (last === undefined || !isStreamsError(error) || error.code !== 'registry-unavailable')
          throw error;
        return last;
      }
    },
    compatible: async (subject, schema) => {
      const last = await latest(subject);
      if (last === undefined) return { compatible: true, reasons: [] };
      const answer = await routes.compatibility(subject, schema);
      const reasons = incompatibilities(schema, last.schema);
      return verdict(answer, reasons);
    },
    level: async (subject) => {
      const answer = await routes.level(subject);
      return answer.kind === 'absent' ? undefined : levelFrom(url, found(url, answer));
    },
    setLevel: async (subject, level) => {
      found(url, await routes.setLevel(subject, level));
    },
  });
}

/** Requests for versions that are on their way at the same time. */
const AT_ONCE = 8;

const incompatible = (subject: string, reasons: string): StreamsError =>
  new StreamsError('schema-incompatible', `${subject} refuses the schema: ${reasons}.`);

function found(url: string, answer: Answer): unknown {
  if (answer.kind === 'found') return answer.json;
  if (answer.kind === 'incompatible')
    throw new StreamsError('registry-refused', `The Schema Registry at ${url} refuses: ${answer.message}.`);
  throw new StreamsError('registry-refused', `The Schema Registry at ${url} does not know what it is asked.`);
}

/** Both must agree: the level of the registry may ask for less than BACKWARD, or for more. */
function verdict(answer: Answer, reasons: readonly string[]): Compatibility {
  if (answer.kind === 'found' && fieldOf(answer.json, 'is_compatible') === true)
    return { compatible: reasons.length === 0, reasons };
  const messages = answer.kind === 'found' ? fieldOf(answer.json, 'messages') : undefined;
  const told = Array.isArray(messages) ? messages.filter((one) => typeof one === 'string') : [];
  const said = answer.kind === 'incompatible' ? [...told, answer.message] : told;
  const all = [...reasons, ...said];
  return { compatible: false, reasons: all.length > 0 ? all : ['the registry gives no reason'] };
}
