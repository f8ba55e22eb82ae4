import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, recipeAt } from '../cache.ts';
import { freePorts } from '../free-ports.ts';
import { java } from '../java.ts';
import { fetchWith } from '../run-program.ts';
import { ServerProcess, withFreshPorts } from '../server-process.ts';
import { ask } from './http-request.ts';

const POM = new URL('./pom.xml', import.meta.url);

/** Apicurio 3.3 is compiled for this Java. */
const JAVA = 21;

/** How a registry is started. */
export interface RegistryOptions {
  /** Where its schemas, log and pid file go. */
  readonly folder: string;
  /** Only this user may ask (HTTP basic). */
  readonly secure?: boolean;
  /** Starts faster and runs slower. */
  readonly quick?: boolean;
  readonly progress: (line: string) => void;
}

/** A Schema Registry that speaks Confluent's protocol: Apicurio, in its compatible interface. */
export interface SchemaRegistryServer {
  /** `http://127.0.0.1:20001/apis/ccompat/v7`: has a path, to which the protocol's own paths are added. */
  readonly url: string;
  readonly user: { readonly name: string; readonly password: string } | undefined;
  readonly process: ServerProcess;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** On the same port, with the same schemas. */
  restart(): Promise<void>;
  pause(): void;
  resume(): void;
}

/**
 * Starts a registry and waits until it gives a compatibility level. That is set to BACKWARD, as Confluent's has it, where
 * Apicurio begins with NONE. Throws `tool-missing` without Java 21 or Maven.
 */
export async function startSchemaRegistry(options: RegistryOptions): Promise<SchemaRegistryServer> {
  const { folder, progress, secure = false, quick = false } = options;
  mkdirSync(folder, { recursive: true });
  const { program } = await java(JAVA, progress);
  const application = await cached('registry', recipeAt(POM), unpack, progress);
  const user = secure ? { name: 'sepsis', password: 'sepsis-pw' } : undefined;
  return withFreshPorts(async () => {
    const [port = 0, management = 0] = await freePorts(2);
    const settings = {
      'java.io.tmpdir': folder,
      'java.util.logging.manager': 'org.jboss.logmanager.LogManager',
      'quarkus.http.host': '127.0.0.1',
      'quarkus.http.port': port,
      'quarkus.management.host': '127.0.0.1',
      'quarkus.management.port': management,
      // In memory by default: the schemas would be gone after a restart.
      'apicurio.datasource.url': `jdbc:h2:file:${join(folder, 'schemas')}`,
      ...(user === undefined ? {} : basicAuth(user)),
    };
    const process = new ServerProcess({
      name: 'registry',
      program,
      args: [
        '-Xmx512m',
        '-XX:+UseSerialGC',
        '-XX:-UsePerfData',
        ...(quick ? ['-XX:TieredStopAtLevel=1'] : []),
        ...Object.entries(settings).map(([key, value]) => `-D${key}=${value}`),
        '-jar',
        join(application, 'quarkus-run.jar'),
      ],
      folder,
    });
    const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
    const ready = async (): Promise<void> => {
      process.start();
      await process.answers(async () => (await ask(`${url}/config`, { user })).status === 200);
    };
    try {
      await ready();
      await ask(`${url}/config`, { method: 'PUT', json: { compatibility: 'BACKWARD' }, user });
    } catch (error) {
      await process.kill();
      throw error;
    }
    return {
      url,
      user,
      process,
      stop: () => process.stop(),
      kill: () => process.kill(),
      restart: async () => {
        await process.stop();
        await ready();
      },
      pause: () => process.pause(),
      resume: () => process.resume(),
    };
  });
}

async function unpack(folder: string): Promise<void> {
  const args = ['-B', '-ntp', '-q', '-f', fileURLToPath(POM), 'dependency:unpack'];
  // The markers say what is unpacked already; they go where the application goes, not beside the pom.
  const where = [
    `-DoutputDirectory=${folder}`,
    `-Dmdep.markersDirectory=${folder}`,
    `-DmarkersDirectory=${folder}`,
  ];
  await fetchWith('mvn', [...args, ...where], { for: 'the Schema Registry' });
}

const basicAuth = (user: {
  readonly name: string;
  readonly password: string;
}): Record<string, string | boolean> => ({
  'quarkus.http.auth.basic': true,
  'quarkus.security.users.embedded.enabled': true,
  'quarkus.security.users.embedded.plain-text': true,
  [`quarkus.security.users.embedded.users.${user.name}`]: user.password,
  [`quarkus.security.users.embedded.roles.${user.name}`]: 'admin',
  'quarkus.http.auth.permission.all.paths': '/apis/*',
  'quarkus.http.auth.permission.all.policy': 'authenticated',
});
