import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StreamsError } from '../../../topology/model/errors.ts';
import { cached } from '../cache.ts';
import { type KafkaLibraries, kafkaTool } from './kafka-libraries.ts';
import { nodeProperties } from './properties.ts';

/** What of a formatted data folder is its own: whose it is. */
const IDENTITY = 'meta.properties';

/** Formats are told apart by what the tool is told beside the identity: features, and users that are there from the start. */
export type FormatArguments = readonly string[];

/**
 * The folder of a broker's data as Kafka's StorageTool formats it, made once for each kind and kept: the tool is a JVM that
 * takes a second or two. Throws `server-not-started` with what the tool says.
 */
export function storageTemplate(
  libraries: KafkaLibraries,
  args: FormatArguments,
  progress: (line: string) => void,
): Promise<string> {
  const recipe = [libraries.classPath, ...args].join('\n');
  return cached('kafka-storage', recipe, (folder) => formatted(libraries, folder, args), progress);
}

async function formatted(libraries: KafkaLibraries, folder: string, args: FormatArguments): Promise<void> {
  const properties = join(folder, 'properties');
  const data = join(folder, 'data');
  writeFileSync(properties, nodeProperties(1, [{ plain: 20_000, controller: 20_001 }], data));
  // `=`: an id may begin with a hyphen (KAFKA-15754).
  const format = ['format', `-t=${newId()}`, `-c=${properties}`, ...args];
  const { code, stdout, stderr } = await kafkaTool(libraries, folder, 'kafka.tools.StorageTool', format);
  if (code === 0) return;
  throw new StreamsError(
    'server-not-started',
    `Kafka's data folder was not formatted:\n${stdout}${stderr}\n`,
  );
}

/** Makes the data folder of node `nodeId` from the template; data of an earlier start are kept. */
export function formatStorage(data: string, template: string, clusterId: string, nodeId: number): void {
  if (existsSync(join(data, IDENTITY))) return;
  mkdirSync(data, { recursive: true });
  cpSync(join(template, 'data'), data, { recursive: true });
  const identity = { version: 1, 'cluster.id': clusterId, 'node.id': nodeId, 'directory.id': newId() };
  const lines = Object.entries(identity).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(data, IDENTITY), lines.join(''));
}

/** An id as Kafka makes them: 16 bytes, URL-safe base 64. */
export const newId = (): string => randomBytes(16).toString('base64url');
