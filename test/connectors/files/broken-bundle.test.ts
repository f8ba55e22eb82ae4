import { expect, test } from 'vitest';
import { allRecords, inputs } from './written-input.ts';

const written = inputs();

const observation = (id: number): string => `{"resourceType":"Observation","id":"${id}"}`;
const bundle = (entry: string): string => `{"resourceType":"Bundle","entry":${entry}}`;
const entry = (id: number): string => `{"resource":${observation(id)}}`;

/** Of each record its offset, and what a producer would send. */
const recordsOf = async (name: string, content: string): Promise<[number, string, string][]> =>
  (await allRecords([written(name, content)])).map(({ offset, topic, value }) => [
    offset,
    topic === null ? 'judged' : 'read',
    Buffer.from(value ?? []).toString(),
  ]);

test.each([
  ['a comma is missing', `[${entry(1)},${entry(2)} ${entry(3)}]`, ` ${entry(3)}]`, 2],
  ['a comma is too much', `[${entry(1)},${entry(2)},,${entry(3)}]`, `,,${entry(3)}]`, 2],
  ['the list begins wrong', `[,${entry(1)}]`, `[,${entry(1)}]`, 0],
])('what stands behind a broken place of the list is one record more: %s', async (_, list, rest, whole) => {
  const found = await recordsOf('list', bundle(list));
  expect(found).toHaveLength(whole + 1);
  expect(found.at(-1)).toEqual([whole, 'judged', rest]);
});

test('an entry that is broken is a record as it stands, and takes no other with it', async () => {
  const broken = `{"fullUrl":"urn:uuid:1" "resource":${observation(1)}}`;
  expect(await recordsOf('entry', bundle(`[${broken},7,${entry(2)}]`))).toEqual([
    [0, 'judged', broken],
    [1, 'judged', '7'],
    [2, 'read', observation(2)],
  ]);
});

test('entries that are no list are a record as they stand', async () => {
  expect(await recordsOf('object', bundle(entry(1)))).toEqual([[0, 'judged', entry(1)]]);
  expect(await recordsOf('null', bundle('null'))).toEqual([]);
});

test('an entry that is a resource itself, and not one around it, is read', async () => {
  expect(await recordsOf('bare', bundle(`[${observation(1)},{"request":{}}]`))).toEqual([
    [0, 'read', observation(1)],
  ]);
});

test('Bundles behind one another in one text are all read, and so is what follows them', async () => {
  const [one, two] = [bundle(`[${entry(1)},{}]`), bundle(`[${entry(2)}]`)];
  const both = [
    [0, 'read', observation(1)],
    [1, 'read', observation(2)],
  ];
  expect(await recordsOf('line', `${one}${two}\n`)).toEqual(both);
  const pretty = (text: string): string => JSON.stringify(JSON.parse(text), null, 2);
  const lines = await recordsOf('lines', `${pretty(one)}\n${pretty(two)}\n`);
  expect(lines.map(([offset, topic]) => [offset, topic])).toEqual([
    [0, 'read'],
    [1, 'read'],
  ]);
  expect(await recordsOf('rest', `${one} ${observation(3)}`)).toEqual([both[0], [1, 'read', observation(3)]]);
  expect(await recordsOf('end', `${one} and more`)).toEqual([both[0], [1, 'judged', 'and more']]);
});
