import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { newAuthority } from '../../../docker/stack/certificates.ts';
import { RunProcess } from '../../app/run/run-process.ts';
import { useServer } from '../../servers/use-server.ts';
import { json, plain, scripted, silent } from './scripted-registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'sepsis-registry-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `run` says of a registry, and how it ends. There is no Kafka behind it: without a registry it does not get so far. */
interface Ended {
  readonly code: number | null;
  /** It said that it would try again. */
  readonly retried: boolean;
  /** The setting to check. */
  readonly names: string | undefined;
}

const SETTINGS = ['SCHEMA_REGISTRY_URL', 'SCHEMA_REGISTRY_PASSWORD', 'SCHEMA_REGISTRY_CA_FILE'];

async function startedAt(url: string): Promise<Ended> {
  const process = new RunProcess(['run', '--slot', 'a'], {
    KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:9',
    SCHEMA_REGISTRY_URL: url,
  });
  const code = await process.exit;
  const retried = process.of('retrying').length > 0;
  for (const line of process.of('retrying')) expect(line).toMatchObject({ code: 'registry-unavailable' });
  return { code, retried, names: SETTINGS.find((name) => process.text.includes(name)) };
}

describe('run at a Schema Registry that', { timeout: 120_000 }, () => {
  const certificates = useServer(async () => {
    const authority = await newAuthority(folder);
    const { key, certificate } = await authority.issue('registry', ['IP:127.0.0.1']);
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(certificate, 'utf8') };
  });

  test('cannot be used ends with exit code 4 and the setting to check, after tries that are told where they can help', async () => {
    const down = await scripted([silent]);
    await down.close();
    const registries = {
      'is down': down.url,
      'does not answer in time': (await scripted([silent])).url,
      'answers with 500': (await scripted([plain('', 500)])).url,
      'answers with 401': (await scripted([json({ error_code: 401, message: 'Unauthorized' }, 401)])).url,
      'answers with 404': (await scripted([plain('Not found', 404)])).url,
      'has a certificate that is not trusted': (await scripted([plain('', 500)], certificates())).url,
    };
    const ends = await Promise.all(
      Object.entries(registries).map(async ([name, url]) => [name, await startedAt(url)] as const),
    );
    const ended = (retried: boolean, names: string): Ended => ({ code: 4, retried, names });
    expect(Object.fromEntries(ends)).toEqual({
      'is down': ended(true, 'SCHEMA_REGISTRY_URL'),
      'does not answer in time': ended(true, 'SCHEMA_REGISTRY_URL'),
      'answers with 500': ended(true, 'SCHEMA_REGISTRY_URL'),
      'answers with 401': ended(false, 'SCHEMA_REGISTRY_PASSWORD'),
      'answers with 404': ended(false, 'SCHEMA_REGISTRY_URL'),
      'has a certificate that is not trusted': ended(false, 'SCHEMA_REGISTRY_CA_FILE'),
    });
  });
});
