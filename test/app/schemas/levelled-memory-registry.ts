import { memorySchemaRegistry } from '../../../connectors/memory/schema-registry.ts';
import type { LevelledSchemaRegistry } from '../../../connectors/schema-registry/schema-registry.ts';

/** A registry in memory that notes what is changed in it. */
export function levelledMemoryRegistry(levels: Record<string, string> = {}): {
  readonly registry: LevelledSchemaRegistry;
  readonly changes: string[];
} {
  const memory = memorySchemaRegistry();
  const changes: string[] = [];
  const registry: LevelledSchemaRegistry = {
    ...memory,
    register: (subject, schema) => {
      changes.push(`register ${subject}`);
      return memory.register(subject, schema);
    },
    level: async (subject) => levels[subject],
    setLevel: async (subject, level) => {
      changes.push(`level ${subject}`);
      if ((await memory.latest(subject)) === undefined) throw new Error(`There is no ${subject}.`);
      levels[subject] = level;
    },
  };
  return { registry, changes };
}
