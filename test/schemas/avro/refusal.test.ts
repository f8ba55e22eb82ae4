import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { avroCodec } from '../../../schemas/codecs/avro.ts';
import { clinicalEventCodec } from '../../../schemas/codecs/clinical-event.ts';
import { type ClinicalEvent, clinicalEventSchema } from '../../../schemas/generated/clinical-event.ts';
import { type SepsisAlert, sepsisAlertSchema } from '../../../schemas/generated/sepsis-alert.ts';
import { isStreamsError } from '../../../topology/model/errors.ts';
import { clinicalEvents } from './arbitraries.ts';
import { alert, encounter, tick, vitalSigns } from './samples.ts';

const options = { id: 1, name: 'avro ClinicalEvent' };
const codecs = [
  ['hand-written', clinicalEventCodec(options)],
  ['general', avroCodec<ClinicalEvent>(clinicalEventSchema, options)],
] as const;

/** What a careless caller may hand over. */
const broken = (event: ClinicalEvent, changes: Record<string, unknown>): ClinicalEvent =>
  Object.assign({ ...event }, changes);

const measurement = vitalSigns.measurements[0];
const without = (name: keyof ClinicalEvent): ClinicalEvent => broken(vitalSigns, { [name]: undefined });

describe.each(codecs)('values that do not fit ClinicalEvent, %s codec', (_, codec) => {
  const refused: readonly [field: string, event: ClinicalEvent][] = [
    ['kind', broken(vitalSigns, { kind: 'HEART_RATE' })],
    ['patient', broken(vitalSigns, { patient: 7 })],
    ['resourceId', broken(vitalSigns, { resourceId: '\ud800' })],
    ['version', { ...vitalSigns, version: 2 ** 53 }],
    ['version', { ...vitalSigns, version: -(2 ** 53) }],
    ['time', { ...vitalSigns, time: 0.5 }],
    ['time', { ...vitalSigns, time: Number.NaN }],
    ['localDate', { ...vitalSigns, localDate: 2 ** 31 }],
    ['preliminary', broken(vitalSigns, { preliminary: 'no' })],
    ['measurements', broken(vitalSigns, { measurements: null })],
    ['measurements[1]', broken(vitalSigns, { measurements: [measurement, null] })],
    [
      'measurements[1].value',
      broken(vitalSigns, { measurements: [measurement, { ...measurement, value: '24' }] }),
    ],
    ['measurements[0].kind', broken(vitalSigns, { measurements: [{ ...measurement, kind: 'PULSE' }] })],
    ['text', broken(vitalSigns, { text: {} })],
    ['encounter', broken(vitalSigns, { encounter: '\udc00' })],
    ['encounterDetail', broken(vitalSigns, { encounterDetail: 'EMER' })],
    [
      'encounterDetail.start',
      broken(encounter, { encounterDetail: { ...encounter.encounterDetail, start: '8:00' } }),
    ],
    ['origin', broken(vitalSigns, { origin: null })],
    ['origin.partition', broken(vitalSigns, { origin: { ...vitalSigns.origin, partition: 1.5 } })],
    ['arrival', { ...vitalSigns, arrival: Number.POSITIVE_INFINITY }],
  ];

  test.each(refused)('%s is named', (field, event) => {
    const encode = (): Uint8Array => codec.encode(event);
    expect(encode).toThrow(expect.objectContaining({ code: 'value-does-not-fit' }));
    expect(encode).toThrow(`ClinicalEvent.${field} must be `);
  });

  test.each(Object.keys(vitalSigns) as (keyof ClinicalEvent)[])('%s may not be left out', (name) => {
    expect(() => codec.encode(without(name))).toThrow(`ClinicalEvent.${name} must be `);
  });

  test('the error does not repeat the value, which may be a patient’s', () => {
    const event = broken(vitalSigns, { kind: 'Jane Doe' });
    expect(() => codec.encode(event)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('Jane') }),
    );
  });
});

describe.each(codecs)('bytes that cannot be read as ClinicalEvent, %s codec', (_, codec) => {
  const unreadable = expect.objectContaining({ code: 'avro-unreadable' });
  const sampleBytes = [vitalSigns, encounter, tick].map((event) => Buffer.from(codec.encode(event)));

  test('every shorter record is cut off', () => {
    for (const bytes of sampleBytes) {
      for (let length = 0; length < bytes.length; length++) {
        expect(() => codec.decode(bytes.subarray(0, length)), `${length} bytes`).toThrow(unreadable);
      }
    }
  });

  test('bytes after the value are refused', () => {
    for (const bytes of sampleBytes) {
      expect(() => codec.decode(Buffer.concat([bytes, Buffer.from([0])]))).toThrow(/1 bytes after its end/);
    }
  });

  test('another magic byte is refused', () => {
    const bytes = Buffer.from(codec.encode(tick));
    bytes[0] = 1;
    expect(() => codec.decode(bytes)).toThrow(unreadable);
  });

  test('an id that is not known is an unknown schema', () => {
    const bytes = Buffer.from(codec.encode(tick));
    bytes.writeInt32BE(99, 1);
    expect(() => codec.decode(bytes)).toThrow(expect.objectContaining({ code: 'unknown-schema' }));
    expect(() => codec.decode(bytes)).toThrow('schema 99');
  });

  const damaged: readonly [what: string, replace: readonly [from: string, to: string], fault: RegExp][] = [
    ['a symbol beyond its enum', ['000000000102', '000000000120'], /chooses number 16 of 8/],
    ['a negative symbol', ['000000000102', '000000000101'], /chooses number -1 of 8/],
    ['a negative length', ['00000000010252', '00000000010201'], /negative length/],
    ['a length beyond the record', ['00000000010252', '000000000102feff03'], /cut off/],
    ['UTF-8 that breaks off', ['70303336', '7030c336'], /not UTF-8/],
    ['a Latin-1 letter', ['70303336', '703033e9'], /not UTF-8/],
    ['an array of a billion items', ['0202000000000080384000', '8094ebdc0302000000000080384000'], /cut off/],
    ['a boolean of 2', ['803840000c', '803840020c'], /neither 0 nor 1/],
  ];

  test.each(damaged)('%s is refused', (_what, [from, to], fault) => {
    const hex = Buffer.from(codec.encode(vitalSigns)).toString('hex');
    expect(hex).toContain(from);
    const bytes = Buffer.from(hex.replace(from, to), 'hex');
    expect(() => codec.decode(bytes)).toThrow(unreadable);
    expect(() => codec.decode(bytes)).toThrow(fault);
  });

  test('longs beyond what a double holds are refused', () => {
    const hex = Buffer.from(codec.encode({ ...tick, version: 2 ** 53 - 2 })).toString('hex');
    const largest = 'fcffffffffffff1f';
    expect(hex).toContain(largest);
    for (const beyond of [
      'feffffffffffff1f',
      'feffffffffffffffff01',
      'ffffffffffffff1f',
      'fdffffffffffff0f',
    ]) {
      const bytes = Buffer.from(hex.replace(largest, beyond), 'hex');
      if (beyond === 'fdffffffffffff0f') expect(codec.decode(bytes).version).toBe(-(2 ** 52) + 1);
      else expect(() => codec.decode(bytes), beyond).toThrow(/a double cannot hold/);
    }
  });

  test('a number of more than ten bytes is refused', () => {
    const hex = Buffer.from(codec.encode({ ...tick, version: 2 ** 53 - 2 })).toString('hex');
    const bytes = Buffer.from(hex.replace('fcffffffffffff1f', 'ffffffffffffffffffff01'), 'hex');
    expect(() => codec.decode(bytes)).toThrow(/more than ten bytes/);
  });

  test('any damage gives an event or one of two errors, never anything else', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(clinicalEvents, flips, (event, changes) => {
        const bytes = Buffer.from(codec.encode(event));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        try {
          expect(codec.decode(bytes).measurements).toBeInstanceOf(Array);
        } catch (error) {
          if (!isStreamsError(error)) throw error;
          expect(['avro-unreadable', 'unknown-schema']).toContain(error.code);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('both codecs judge damaged bytes alike', () => {
  test('one refuses exactly what the other refuses', () => {
    const outcome = (decode: () => unknown): unknown => {
      try {
        return decode();
      } catch (error) {
        return isStreamsError(error) ? error.message : error;
      }
    };
    const [[, hand], [, general]] = codecs;
    fc.assert(
      fc.property(clinicalEvents, fc.nat(), fc.integer({ min: 0, max: 255 }), (event, at, byte) => {
        const bytes = Buffer.from(hand.encode(event));
        bytes[at % bytes.length] = byte;
        expect(outcome(() => hand.decode(bytes))).toEqual(outcome(() => general.decode(bytes)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('values that do not fit SepsisAlert', () => {
  const codec = avroCodec<SepsisAlert>(sepsisAlertSchema, { id: 3, name: 'avro SepsisAlert' });
  const refused: readonly [field: string, changes: Record<string, unknown>][] = [
    ['score', { score: 2.5 }],
    ['status', { status: 'OPEN' }],
    ['history[0].met[1]', { history: [{ t: 0, score: 2, met: ['RR', 'PULSE'] }] }],
    ['criteria[0].evidence[0].origin.offset', { criteria: [withOffset('12')] }],
    [
      'suspectedInfection.onsetDate',
      { suspectedInfection: { ...alert.suspectedInfection, onsetDate: '2026-01-05' } },
    ],
    ['trigger', { trigger: undefined }],
  ];

  test.each(refused)('%s is named', (field, changes) => {
    expect(() => codec.encode(Object.assign({ ...alert }, changes))).toThrow(`SepsisAlert.${field} must be `);
  });

  function withOffset(offset: unknown): unknown {
    const [criterion] = alert.criteria;
    const [evidence] = criterion?.evidence ?? [];
    return { ...criterion, evidence: [{ ...evidence, origin: { ...evidence?.origin, offset } }] };
  }
});
