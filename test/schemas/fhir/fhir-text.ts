import fc from 'fast-check';

/** A whole number from zero to below `limit`. */
type Draw = (limit: number) => number;

/**
 * Texts of this kind, drawn from a seed: a record takes hundreds of small choices, which is too many to keep for
 * shrinking. The seed of a failure is in its report, and gives the same text again.
 */
export const texts = (write: (draw: Draw) => string): fc.Arbitrary<string> =>
  fc.noShrink(fc.nat({ max: 0x7fff_ffff }).map((seed) => write(drawing(seed))));

/** Mulberry32. */
function drawing(seed: number): Draw {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

function oneOf<T>(draw: Draw, choices: readonly [T, ...T[]]): T {
  return choices[draw(choices.length)] ?? choices[0];
}

const chance = (draw: Draw, percent: number): boolean => draw(100) < percent;

function shuffled<T>(draw: Draw, list: readonly T[]): T[] {
  const ranked = list.map((element) => ({ element, rank: draw(1_000_000) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ element }) => element);
}

const STRINGS: [string, ...string[]] = [
  '""',
  '"final"',
  '"9279-1"',
  '"http://loinc.org"',
  '"Patient/p1"',
  '"mm[Hg]"',
  '"2026-01-05T06:13:57.735Z"',
  '"a text that is longer than any word or slice, with no escape in it at all"',
  '"caf\u00e9 \u4f53\u6e29 \ud83c\udf21"',
  '"\\u0041\\n\\"\\\\\\/\\b\\f\\r\\t"',
  '"\\ud83c\\udf21"',
  '"lone \\ud800 and \\uDC00"',
  '"\\u0000"',
  '"\u2028\u007f"',
];
const NUMBERS: [string, ...string[]] = [
  '0',
  '-0',
  '98',
  '36.6',
  '-0.0',
  '1e999',
  '-1E+2',
  '0.1',
  '123456789012345678901234567890',
  '5e-324',
  '9007199254740993',
  '0.30000000000000004',
  '123456.7890123456',
  '1.7976931348623157e308',
  '2.50',
  '1e-7',
];
const JUNK: [string, ...string[]] = [
  ...STRINGS,
  ...NUMBERS,
  'true',
  'false',
  'null',
  '{}',
  '[]',
  '[[]]',
  '[{"a":[null]}]',
  '{"":{"":""}}',
];

type Write = (draw: Draw) => string;

/** White space as JSON knows it, mostly none. */
const gap: Write = (draw) =>
  chance(draw, 12) ? oneOf(draw, [' ', '\n', '\t', '\r', ' \r\n\t ', '          ']) : '';

const text: Write = (draw) => oneOf(draw, STRINGS);
const number: Write = (draw) =>
  chance(draw, 50) ? oneOf(draw, NUMBERS) : String((draw(2 ** 31) - 2 ** 30) / 10 ** draw(12));

/** Now and then the value is something else altogether. */
const mostly =
  (write: Write): Write =>
  (draw) =>
    chance(draw, 92) ? write(draw) : oneOf(draw, JUNK);

/** A key, sometimes with an escape in it that changes nothing. */
const key = (draw: Draw, name: string): string => {
  if (name === '' || !chance(draw, 6)) return JSON.stringify(name);
  const at = draw(name.length);
  const escape = `\\u${name.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return `"${name.slice(0, at)}${escape}${name.slice(at + 1)}"`;
};

const list =
  (element: Write, longest = 3): Write =>
  (draw) => {
    const elements = Array.from(
      { length: draw(longest + 1) },
      () => gap(draw) + mostly(element)(draw) + gap(draw),
    );
    return `[${elements.join(',') || gap(draw)}]`;
  };

/** An object with some of these members in any order, some twice, among unknown ones. */
const object =
  (members: Readonly<Record<string, Write>>, percent = 60): Write =>
  (draw) => {
    const once = Object.keys(members).filter(() => chance(draw, percent));
    const twice = once.filter(() => chance(draw, 8));
    const written = shuffled(draw, [...once, ...twice]).map((name) =>
      member(draw, name, mostly(members[name] ?? text)(draw)),
    );
    if (chance(draw, 25)) {
      const unknown = oneOf(draw, [
        '__proto__',
        'extension',
        '',
        'x',
        'constructor',
        '_status',
        'valueDecimal',
      ]);
      written.splice(draw(written.length + 1), 0, member(draw, unknown, oneOf(draw, JUNK)));
    }
    return `{${written.join(',') || gap(draw)}}`;
  };

const member = (draw: Draw, name: string, value: string): string =>
  `${gap(draw)}${key(draw, name)}${gap(draw)}:${gap(draw)}${value}${gap(draw)}`;

const coding = object({ system: text, code: text, display: text, version: text });
const concept = object({ coding: list(coding), text });
const reference = object({
  reference: text,
  identifier: object({ system: text, value: text }),
  display: text,
});
const period = object({ start: text, end: text });
const quantity = object({ value: number, unit: text, system: text, code: text, comparator: text }, 80);
const values: Readonly<Record<string, Write>> = {
  valueQuantity: quantity,
  valueInteger: number,
  valueCodeableConcept: concept,
  valueString: text,
  valueRange: object({ low: quantity }),
  valueRatio: object({ numerator: quantity }),
  valueSampledData: object({ data: text }),
  valueBoolean: (draw) => oneOf(draw, ['true', 'false']),
  valueDateTime: text,
  valueTime: text,
  valuePeriod: period,
};
const category: Write = (draw) => (chance(draw, 70) ? list(concept)(draw) : concept(draw));

const members: Readonly<Record<string, Write>> = {
  id: text,
  meta: object({ versionId: text, lastUpdated: text, profile: list(text) }),
  status: text,
  intent: text,
  code: concept,
  medicationCodeableConcept: concept,
  subject: reference,
  patient: reference,
  encounter: reference,
  focus: list(reference),
  effectiveDateTime: text,
  effectiveInstant: text,
  effectivePeriod: period,
  effectiveTiming: object({ event: list(text) }),
  period,
  issued: text,
  authoredOn: text,
  dataAbsentReason: concept,
  component: list(object({ code: concept, dataAbsentReason: concept, ...values }, 35)),
  hasMember: list(reference),
  class: coding,
  location: list(object({ location: reference, status: text })),
  partOf: reference,
  dosageInstruction: list(
    object(
      { route: concept, timing: object({ repeat: object({ boundsPeriod: period }, 85) }, 85), text },
      80,
    ),
  ),
  category,
  ...values,
};

/** A resource as text, with everything that JSON allows and FHIR does not. */
export const resourceText: Write = (draw) => {
  const type = oneOf(draw, [
    'Observation',
    'Observation',
    'Observation',
    'Encounter',
    'MedicationRequest',
    'Task',
  ]);
  const written = object({ ...members, resourceType: () => JSON.stringify(type) }, 30)(draw);
  const body = written.slice(1, -1).trim();
  const typed = chance(draw, 90) ? [body, member(draw, 'resourceType', JSON.stringify(type))] : [body];
  if (chance(draw, 50)) typed.reverse();
  return `${gap(draw)}{${typed.filter((part) => part !== '').join(',')}}${gap(draw)}`;
};

/** A resource, or an envelope of one (and then and now of something else). */
export const recordText: Write = (draw) => {
  if (chance(draw, 70)) return resourceText(draw);
  const inner = chance(draw, 92)
    ? resourceText(draw)
    : oneOf(draw, [...JUNK, '{"resourceType":', '{"ResourceJson":"{}"}']);
  const written = [
    member(draw, 'EventId', '"e-1"'),
    member(draw, 'ResourceType', '"Observation"'),
    member(
      draw,
      'ResourceJson',
      chance(draw, 75) ? envelopeString(draw, inner) : oneOf(draw, [inner, 'null', '3']),
    ),
  ];
  return `{${shuffled(draw, written).join(',')}}`;
};

/** A string whose value is this text: with the usual escapes, or with those of a writer that is more careful. */
const envelopeString = (draw: Draw, inner: string): string => {
  const written = JSON.stringify(inner);
  if (chance(draw, 50)) return written;
  return `"${written.slice(1, -1).replaceAll('\\"', '\\u0022').replaceAll('/', '\\/').replaceAll('<', '\\u003C')}"`;
};
