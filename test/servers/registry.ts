import { systemClock } from '../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import {
  type SchemaRegistryServer,
  startSchemaRegistry,
} from '../../docker/stack/registry/schema-registry.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import { ownFolder, progress, shared } from './shared.ts';

/** A registry that other tests use too: take fresh subjects, leave the global level (BACKWARD) as it is. */
export type SharedRegistry = Pick<SchemaRegistryServer, 'url' | 'user'>;

/**
 * A real Schema Registry that answers: shared by the test files of the run, or with `own` the caller's to stop, kill,
 * restart, pause and resume. Throws `tool-missing` or `download-failed` where none can be had (see `useServer`).
 */
export function registryServer(variant: {
  readonly secure?: boolean;
  readonly own: true;
}): Promise<SchemaRegistryServer>;
export function registryServer(variant?: { readonly secure?: boolean }): Promise<SharedRegistry>;
export async function registryServer(
  variant: { readonly secure?: boolean; readonly own?: boolean } = {},
): Promise<SchemaRegistryServer | SharedRegistry> {
  const { secure = false, own = false } = variant;
  const name = `registry${secure ? '-secure' : ''}`;
  const start = (folder: string): Promise<SchemaRegistryServer> =>
    startSchemaRegistry({ folder, secure, quick: true, progress });
  if (own) return start(ownFolder(name));
  return shared(name, async (folder): Promise<SharedRegistry> => {
    const { url, user } = await start(folder);
    return { url, user };
  });
}

/**
 * The registry that others use too, with the schemas of this build under the names of their subjects. A test that registers another
 * version of one takes an own registry.
 */
export function registryWithSchemas(): Promise<SharedRegistry> {
  return shared('registry-with-schemas', async () => {
    const server = await registryServer();
    const registry = schemaRegistry({ url: server.url, clock: systemClock });
    for (const { subject, schema } of Object.values(SUBJECTS)) await registry.register(subject, schema);
    return server;
  });
}
