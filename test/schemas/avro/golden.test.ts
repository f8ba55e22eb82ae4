import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { avroCodec } from '../../../schemas/codecs/avro.ts';
import { clinicalEventCodec } from '../../../schemas/codecs/clinical-event.ts';
import { type AuditEvent, auditEventSchema } from '../../../schemas/generated/audit-event.ts';
import { type SepsisAlert, sepsisAlertSchema } from '../../../schemas/generated/sepsis-alert.ts';
import { alert, audit, encounter, tick, vitalSigns } from './samples.ts';

/** Bytes that were in a log once must be readable for ever: a change here is a change of the contract. */
const golden = (name: string): Buffer => {
  const text = readFileSync(new URL(`../../golden/avro/${name}.hex`, import.meta.url), 'utf8');
  return Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const events = clinicalEventCodec({ id: 1, name: 'avro ClinicalEvent' });
const alerts = avroCodec<SepsisAlert>(sepsisAlertSchema, { id: 2, name: 'avro SepsisAlert' });
const audits = avroCodec<AuditEvent>(auditEventSchema, { id: 3, name: 'avro AuditEvent' });

describe('golden bytes', () => {
  test.each([
    ['clinical-event-vital-signs', vitalSigns],
    ['clinical-event-encounter', encounter],
    ['clinical-event-tick', tick],
  ])('%s', (name, event) => {
    expect(hex(events.encode(event))).toBe(hex(golden(name)));
    expect(events.decode(golden(name))).toEqual(event);
  });

  test('sepsis-alert', () => {
    expect(hex(alerts.encode(alert))).toBe(hex(golden('sepsis-alert')));
    expect(alerts.decode(golden('sepsis-alert'))).toEqual(alert);
  });

  test('audit-event', () => {
    expect(hex(audits.encode(audit))).toBe(hex(golden('audit-event')));
    expect(audits.decode(golden('audit-event'))).toEqual(audit);
  });
});
