import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Places } from '../../../app/publish/places.ts';
import { feed } from '../../../connectors/files/feed.ts';
import { workDirectory } from '../replay/replay-run.ts';

const directory = workDirectory();
const observation = (id: string): string => JSON.stringify({ resourceType: 'Observation', id });
const recorded = (offset: number): string =>
  JSON.stringify({ topic: 'fhir.encounter', key: null, offset, value: '{}' });

/** What is said of each record of a file, if each is refused. */
async function named(name: string, content: string): Promise<string[]> {
  const file = join(directory, name);
  writeFileSync(file, content);
  const { batches, statistics } = feed([file], { order: 'as-is' });
  const said: string[] = [];
  const places = new Places(statistics, 'is', (line) => said.push(line.replace(`${directory}/`, '')));
  for await (const batch of batches)
    for (const one of places.placed(batch))
      places.refused(one, { reason: 'r', detail: 'd', place: one.place });
  return said.map((line) => line.replace(/: is a dead letter.*/, ''));
}

test('a line is named by its number in the file: blank ones count', async () => {
  expect(await named('resources', `${observation('1')}\n\n\r\n${observation('2')}\nno json\n`)).toEqual([
    'resources, line 1',
    'resources, line 4',
    'resources, line 5',
  ]);
  expect(await named('recording', `${recorded(70)}\n\n${recorded(9)}\n`)).toEqual([
    'recording, line 1',
    'recording, line 3',
  ]);
});

test('an entry is named by its number in the Bundle: those without a resource count', async () => {
  const entry = [
    { resource: { resourceType: 'Observation' } },
    {},
    { resource: { resourceType: 'Encounter' } },
  ];
  expect(await named('bundle', JSON.stringify({ resourceType: 'Bundle', entry }))).toEqual([
    'bundle, entry 1 of the Bundle',
    'bundle, entry 3 of the Bundle',
  ]);
});
