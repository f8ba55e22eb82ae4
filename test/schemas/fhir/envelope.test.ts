import { describe, expect, it } from 'vitest';
import { fails, observation, reads } from './reading.ts';

describe('the envelope', () => {
  const inner = '{"resourceType":"Observation","id":"caf\u00e9 \\"1\\"","note":"a\\/b"}';
  const careful = JSON.stringify(inner)
    .slice(1, -1)
    .replaceAll('\\"', '\\u0022')
    .replaceAll('\u00e9', '\\u00E9');

  it.each([
    ['a string', JSON.stringify(inner)],
    ['a string of a writer that escapes every quote', `"${careful}"`],
    ['an object', inner],
  ])('its resource is read from %s, wherever the key stands', (_, enclosed) => {
    for (const record of [
      `{"ResourceJson":${enclosed},"EventId":"1"}`,
      `{"EventId":"1", "ResourceJson" :${enclosed}}`,
    ]) {
      expect(reads(record)).toMatchObject({ resourceType: 'Observation', id: 'caf\u00e9 "1"' });
    }
  });

  it('a resource that has such a key itself is no envelope', () => {
    expect(reads({ ResourceJson: '{', resourceType: 'Task', id: 'x' }).id).toBe('x');
  });

  it('a resource inside may have such a key itself, which is passed over', () => {
    const own =
      '{"ResourceJson":"{\\"id\\":\\"no\\"}","resourceType":"Task","id":"yes","meta":{"versionId":"7"}}';
    expect(reads({ ResourceJson: own })).toMatchObject({ id: 'yes', versionId: '7' });
    expect(reads(`{"ResourceJson":${own}}`)).toMatchObject({ id: 'yes', versionId: '7' });
  });

  it('of two enclosed texts the last counts, and a broken string is not-json of the envelope itself', () => {
    const task = (id: string): string => JSON.stringify(`{"resourceType":"Task","id":"${id}"}`);
    expect(reads(`{"ResourceJson":${task('a')},"ResourceJson":${task('b')}}`).id).toBe('b');
    expect(fails(`{"ResourceJson":${task('a')},"ResourceJson":null}`).reason).toBe('not-fhir');
    for (const broken of ['"{\\x', '"{\n"}', '"{\\u00g0"}', '"{}']) {
      const { reason, detail } = fails(`{"ResourceJson":${broken}`);
      expect(reason).toBe('not-json');
      expect(detail).toMatch(/^byte \d+/);
    }
  });

  it.each([0x1f, 0x7f, 0x80, 0xff, 0x100, 0x1f321])(
    'the code point %i inside is read from its escapes',
    (code) => {
      const units = Array.from({ length: String.fromCodePoint(code).length }, (_, index) =>
        String.fromCodePoint(code).charCodeAt(index),
      );
      const escape = units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
      // Once in the text of the envelope, and once more in the enclosed text.
      const once = `{"ResourceJson":"{\\"resourceType\\":\\"Task\\",\\"id\\":\\"${escape}\\"}"}`;
      const again = once.replaceAll('\\u', '\\\\u');
      if (code >= 0x20) expect(reads(once).id).toBe(String.fromCodePoint(code));
      else expect(fails(once).detail).toContain('ResourceJson');
      expect(reads(again).id).toBe(String.fromCodePoint(code));
    },
  );

  it('broken JSON inside is not-json, and the detail names ResourceJson', () => {
    expect(fails(JSON.stringify({ ResourceJson: '{"id":' }))).toEqual({
      reason: 'not-json',
      detail: 'ResourceJson, in its own text: byte 6: expected a value, found the end',
    });
    expect(fails('{"ResourceJson":"{}"').detail).not.toContain('ResourceJson');
  });

  it.each(['[]', '{}', '3', '{"ResourceJson":"{}"}', '{"ResourceJson":{"resourceType":"Observation"}}'])(
    '%s inside is not-fhir, as a string and as it is',
    (enclosed) => {
      expect(fails(`{"ResourceJson":${JSON.stringify(enclosed)}}`).reason).toBe('not-fhir');
      expect(fails(`{"ResourceJson":${enclosed}}`).reason).toBe('not-fhir');
    },
  );

  it('a lone surrogate inside is what JSON.parse makes of it: text in a string, an error elsewhere', () => {
    expect(reads('{"ResourceJson":"{\\"resourceType\\":\\"Task\\",\\"id\\":\\"\\ud800\\"}"}').id).toBe(
      '\ud800',
    );
    expect(
      fails('{"ResourceJson":"{\\"resourceType\\":\\"Task\\",\\"id\\":\\"\\\\\\ud800\\"}"}').reason,
    ).toBe('not-json');
    expect(fails('{"ResourceJson":"{\\"resourceType\\":\\"Task\\"\\ud800}"}').reason).toBe('not-json');
  });

  it('a fault inside is named by its path in the resource', () => {
    expect(reads({ ResourceJson: JSON.stringify(observation({ code: { coding: {} } })) }).malformed).toBe(
      'code.coding',
    );
    expect(reads({ ResourceJson: observation({ code: { coding: {} } }), x: 1 }).malformed).toBe(
      'code.coding',
    );
  });
});
