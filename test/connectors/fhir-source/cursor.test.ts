import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Cursor } from '../../../connectors/fhir-source/cursor.ts';
import { CursorFile } from '../../../connectors/fhir-source/cursor-file.ts';
import { nextAddress } from '../../../connectors/fhir-source/pages.ts';
import { searchPage } from '../../../connectors/fhir-source/search-page.ts';
import { workDirectory } from '../../app/replay/replay-run.ts';

const directory = workDirectory();
const SERVER = 'https://ehr.example.org/fhir';

describe('a cursor', () => {
  test('forgets what lies before the overlap, and never goes back', () => {
    const cursor = new Cursor();
    for (const [version, at] of [
      ['a', 1_000],
      ['b', 5_000],
      ['c', 9_000],
      ['d', undefined],
    ] as const)
      cursor.published(version, at);
    cursor.moveTo(9_000, 4_000);
    expect(['a', 'b', 'c', 'd'].filter((version) => cursor.has(version))).toEqual(['b', 'c']);
    cursor.moveTo(8_000, 0);
    expect(cursor.newest).toBe(9_000);
    cursor.published('e', undefined);
    expect(cursor.state).toEqual({
      newest: 9_000,
      seen: [
        ['b', 5_000],
        ['c', 9_000],
        ['e', 9_000],
      ],
    });
  });
});

describe('its file', () => {
  test('gives back what was put there, and only its user reads it', async () => {
    const path = join(directory, 'cursor.json');
    const file = new CursorFile(path, SERVER);
    expect((await file.load()).size).toBe(0);
    const cursor = new Cursor({ newest: 5, seen: [['v', 5]] });
    await file.save(
      new Map([
        ['Observation', cursor],
        ['Encounter', new Cursor()],
      ]),
    );
    const loaded = await file.load();
    expect(loaded.get('Observation')?.state).toEqual(cursor.state);
    expect(loaded.get('Encounter')?.newest).toBeUndefined();
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  test('half of a new one beside it changes nothing', async () => {
    const path = join(directory, 'crashed.json');
    const file = new CursorFile(path, SERVER);
    await file.save(new Map([['Observation', new Cursor({ newest: 7, seen: [] })]]));
    writeFileSync(`${path}.new`, readFileSync(path, 'utf8').slice(0, 20));
    expect((await file.load()).get('Observation')?.newest).toBe(7);
  });

  test.for([
    ['text', 'no'],
    ['a list', '[]'],
    [
      'another shape',
      '{"server":"https://ehr.example.org/fhir","searches":{"Observation":{"newest":"5","seen":[]}}}',
    ],
    [
      'another server',
      '{"server":"https://other.example.org","searches":{"Observation":{"newest":5,"seen":[]}}}',
    ],
  ] as const)('%s is refused', async ([, text]) => {
    const path = join(directory, 'wrong.json');
    writeFileSync(path, text);
    await expect(new CursorFile(path, SERVER).load()).rejects.toMatchObject({ code: 'cursor-unfit' });
  });

  test('of another server is taken while nothing was read there', async () => {
    const path = join(directory, 'unread.json');
    await new CursorFile(path, 'https://other.example.org').save(new Map());
    expect((await new CursorFile(path, SERVER).load()).size).toBe(0);
  });

  test('a place that cannot be written is told', async () => {
    const file = new CursorFile(join(directory, 'nowhere', 'cursor.json'), SERVER);
    await expect(file.save(new Map())).rejects.toMatchObject({ code: 'output-unwritable' });
  });
});

describe('a page of a search', () => {
  const observation =
    '{"resourceType":"Observation","id":"o","meta":{"versionId":"3","lastUpdated":"2026-01-05T08:00:00.5Z"},"x":1.0}';
  const page = (entries: string, links = ''): ReturnType<typeof searchPage> =>
    searchPage(`{"resourceType":"Bundle","link":[${links}],"entry":[${entries}]}`);

  test('gives its matches as the server wrote them, and nothing that came along', () => {
    const read = page(
      `{"fullUrl":"${SERVER}/Observation/o","resource":${observation},"search":{"mode":"match"}},` +
        '{"resource":{"resourceType":"Patient"},"search":{"mode":"include"}},' +
        '{"resource":{"resourceType":"OperationOutcome"},"search":{"mode":"outcome"}}',
      '{"relation":"self","url":"s"},{"relation":"next","url":"n"}',
    );
    expect(read?.found.map(({ json }) => json.toString())).toEqual([observation]);
    expect([read?.self, read?.next]).toEqual(['s', 'n']);
    expect(read?.found[0]?.lastUpdated).toBe(Date.parse('2026-01-05T08:00:00.5Z'));
  });

  test('the same version is the same, another version, id or type is not', () => {
    const versionOf = (json: string): string | undefined => page(`{"resource":${json}}`)?.found[0]?.version;
    const others = [
      observation.replace('"3"', '"4"'),
      observation.replace('"o"', '"p"'),
      observation.replace('"Observation"', '"Encounter"'),
    ];
    expect(versionOf(observation.replace('1.0', '2.0'))).toBe(versionOf(observation));
    expect(new Set([observation, ...others].map(versionOf)).size).toBe(4);
    const bare = '{"resourceType":"Observation","id":"o"}';
    expect(versionOf(bare)).not.toBe(versionOf(bare.replace('}', ',"status":"final"}')));
  });

  test('one whose lists are broken is none: a cursor would pass what stands behind the place', () => {
    const one = `{"resource":${observation}}`;
    expect(page(`${one},${one}`)?.found).toHaveLength(2);
    expect([page(`${one} ${one}`), page(`${one},`), page(one, '{} {"relation":"next"}')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('one with an entry that is broken is none: nobody sees what is in it', () => {
    expect(page(`{"fullUrl":"x" "resource":${observation}},{"resource":${observation}}`)).toBeUndefined();
    expect(page('{"search":{"mode":"match"}}')?.found).toEqual([]);
  });

  test('what is no Bundle is none', () => {
    expect([searchPage('<html>'), searchPage('{"resourceType":"OperationOutcome"}'), searchPage('')]).toEqual(
      [undefined, undefined, undefined],
    );
    expect(searchPage('{"resourceType":"Bundle"}')).toEqual({ found: [], next: undefined, self: undefined });
  });
});

describe('the address of the next page', () => {
  test.for([
    ['https://ehr.example.org/fhir?page=2', 'https://ehr.example.org/fhir?page=2'],
    ['?page=2', `${SERVER}/Observation?page=2`],
    ['/other?page=2', 'https://ehr.example.org/other?page=2'],
  ] as const)('%s', ([next, address]) => {
    expect(nextAddress(next, `${SERVER}/Observation?a=1`)).toBe(address);
  });

  test.for([
    'http://ehr.example.org/fhir',
    'https://ehr.example.org:8443/fhir',
    'https://evil.example.org/',
    'http://',
  ])('%s is not asked', (next) => {
    expect(() => nextAddress(next, `${SERVER}/Observation`)).toThrow(
      expect.objectContaining({ code: 'fhir-search-unfit' }),
    );
  });
});
