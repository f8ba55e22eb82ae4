import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { avroCodec } from '../../../schemas/codecs/avro.ts';
import { avroType } from '../../../schemas/codecs/avro-type.ts';
import { clinicalEventCodec } from '../../../schemas/codecs/clinical-event.ts';
import {
  CLINICAL_EVENT_KIND_SYMBOLS,
  type ClinicalEvent,
  clinicalEventSchema,
} from '../../../schemas/generated/clinical-event.ts';
import { clinicalEvents } from './arbitraries.ts';
import { encounter, tick, vitalSigns } from './samples.ts';

const type = avroType(clinicalEventSchema);
const options = { id: 0x01020304, name: 'avro ClinicalEvent' };
const codec = clinicalEventCodec(options);
const general = avroCodec<ClinicalEvent>(clinicalEventSchema, options);
const header = Buffer.from([0, 1, 2, 3, 4]);

describe('hand-written codec of ClinicalEvent', () => {
  test('writes the bytes that avsc writes', () => {
    fc.assert(
      fc.property(clinicalEvents, (event) => {
        const expected = Buffer.concat([header, type.toBuffer(event)]);
        expect(Buffer.from(codec.encode(event)).toString('hex')).toBe(expected.toString('hex'));
      }),
      { numRuns: 400 },
    );
  });

  test('reads what avsc reads from the bytes of avsc', () => {
    fc.assert(
      fc.property(clinicalEvents, (event) => {
        const bytes = Buffer.concat([header, type.toBuffer(event)]);
        expect(codec.decode(bytes)).toEqual({ ...(type.fromBuffer(bytes.subarray(5)) as ClinicalEvent) });
        expect(codec.decode(bytes)).toEqual(event);
      }),
      { numRuns: 400 },
    );
  });

  test('the general codec and this one read each other', () => {
    fc.assert(
      fc.property(clinicalEvents, (event) => {
        expect(general.decode(codec.encode(event))).toEqual(event);
        expect(codec.decode(general.encode(event))).toEqual(event);
      }),
    );
  });

  test.each(CLINICAL_EVENT_KIND_SYMBOLS)('the kind %s comes back', (kind) => {
    for (const event of [vitalSigns, encounter, tick]) {
      expect(codec.decode(codec.encode({ ...event, kind }))).toEqual({ ...event, kind });
    }
  });

  test('a record is read wherever it lies in its buffer', () => {
    const bytes = codec.encode(vitalSigns);
    const larger = new Uint8Array(bytes.length + 13).fill(0xff);
    larger.set(bytes, 7);
    expect(codec.decode(larger.subarray(7, 7 + bytes.length))).toEqual(vitalSigns);
    expect(codec.decode(Uint8Array.from(bytes))).toEqual(vitalSigns);
  });

  test('bytes handed out stay as they are when more records are written', () => {
    const events = fc.sample(clinicalEvents, { numRuns: 300, seed: 7 });
    const written = events.map((event) => codec.encode(event));
    expect(written.map((bytes) => codec.decode(bytes))).toEqual(events);
  });

  test('an event that is refused leaves nothing behind', () => {
    const before = codec.encode(vitalSigns);
    expect(() => codec.encode({ ...encounter, arrival: 0.5 })).toThrow('ClinicalEvent.arrival');
    expect(codec.decode(codec.encode(encounter))).toEqual(encounter);
    expect(codec.decode(before)).toEqual(vitalSigns);
  });

  test('an event larger than the slab is written whole', () => {
    const event: ClinicalEvent = { ...vitalSigns, text: 'ä'.repeat(100_000), patient: 'p'.repeat(70_000) };
    expect(codec.decode(codec.encode(event))).toEqual(event);
  });

  test('events share no array and no record', () => {
    const bytes = codec.encode(tick);
    const [first, second] = [codec.decode(bytes), codec.decode(bytes)];
    expect(first.measurements).not.toBe(second.measurements);
    expect(first.origin).not.toBe(second.origin);
  });

  test('an array in several blocks, with their sizes, is read as one', () => {
    const two: ClinicalEvent = {
      ...tick,
      measurements: [...vitalSigns.measurements, ...vitalSigns.measurements],
    };
    const hex = Buffer.from(codec.encode(two)).toString('hex');
    // RESPIRATORY_RATE, 24.5, false, "9279-1": 1 + 8 + 1 + 7 = 17 bytes (zigzag 0x22).
    const item = '02000000000080384000' + '0c393237392d31';
    const one = `04${item}${item}00`;
    expect(hex).toContain(one);
    const blocks = Buffer.from(hex.replace(one, `0122${item}02${item}00`), 'hex');
    expect(codec.decode(blocks)).toEqual(two);
    expect(general.decode(blocks)).toEqual(two);
  });
});
