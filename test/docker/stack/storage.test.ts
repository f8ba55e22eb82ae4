import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kafkaLibraries } from '../../../docker/stack/kafka/class-archive.ts';
import { kafkaTool } from '../../../docker/stack/kafka/kafka-libraries.ts';
import { nodeProperties } from '../../../docker/stack/kafka/properties.ts';
import { formatStorage, newId, storageTemplate } from '../../../docker/stack/kafka/storage.ts';
import { progress } from '../../servers/shared.ts';
import { useServer } from '../../servers/use-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

const libraries = useServer(() => kafkaLibraries(progress));

test('Kafka’s own tool takes the folder for one that was formatted for this node of this cluster', async () => {
  const folder = temporaryFolder();
  const [data, clusterId] = [join(folder, 'data'), newId()];
  formatStorage(data, await storageTemplate(libraries(), [], progress), clusterId, 3);
  const nodes = [1, 2, 3].map((id) => ({ plain: 20_000 + id, controller: 21_000 + id }));
  const properties = join(folder, 'properties');
  writeFileSync(properties, nodeProperties(3, nodes, data));
  const { code, stdout } = await kafkaTool(libraries(), folder, 'kafka.tools.StorageTool', [
    'info',
    `-c=${properties}`,
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain(`Found metadata: {cluster.id=${clusterId}, `);
  expect(stdout).toContain(', node.id=3, ');
});

test('the data of an earlier start stay, two folders differ, and what is no format is said', async () => {
  const template = await storageTemplate(libraries(), [], progress);
  const [one, two] = [temporaryFolder(), temporaryFolder()];
  const identity = (folder: string): string => readFileSync(join(folder, 'meta.properties'), 'utf8');
  for (const folder of [one, two]) formatStorage(folder, template, 'of-the-first-start', 1);
  const [first, second] = [identity(one), identity(two)];
  expect(first).not.toBe(second);
  formatStorage(one, template, 'of-another', 2);
  expect(identity(one)).toBe(first);
  await expect(storageTemplate(libraries(), ['--no-such-thing'], progress)).rejects.toThrow(
    /was not formatted:[^]*no-such-thing/,
  );
});
