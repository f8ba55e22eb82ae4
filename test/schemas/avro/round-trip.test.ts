import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { avroCodec } from '../../../schemas/codecs/avro.ts';
import { schemaIdOf } from '../../../schemas/codecs/wire-format.ts';
import { type AuditEvent, auditEventSchema } from '../../../schemas/generated/audit-event.ts';
import { type SepsisAlert, sepsisAlertSchema } from '../../../schemas/generated/sepsis-alert.ts';
import { auditEvents, sepsisAlerts } from './arbitraries.ts';
import { alert } from './samples.ts';

const alerts = avroCodec<SepsisAlert>(sepsisAlertSchema, { id: 2_147_483_647, name: 'avro SepsisAlert' });
const audits = avroCodec<AuditEvent>(auditEventSchema, { id: 2, name: 'avro AuditEvent' });

describe('general Avro codec', () => {
  test('every alert comes back', () => {
    fc.assert(
      fc.property(sepsisAlerts, (value) => {
        expect(alerts.decode(alerts.encode(value))).toEqual(value);
      }),
    );
  });

  test('every audit event comes back', () => {
    fc.assert(
      fc.property(auditEvents, (value) => {
        expect(audits.decode(audits.encode(value))).toEqual(value);
      }),
    );
  });

  test('a record says the id of its schema', () => {
    expect(schemaIdOf(alerts.encode(alert))).toBe(2_147_483_647);
  });

  test('values larger than the scratch buffer are written whole, and smaller ones after them too', () => {
    for (const length of [1, 1000, 1024, 100_000, 3]) {
      const value = { ...alert, patient: 'é'.repeat(length) };
      expect(alerts.decode(alerts.encode(value))).toEqual(value);
    }
  });

  test('bytes handed out stay as they are when the next value is written', () => {
    const first = alerts.encode(alert);
    alerts.encode({ ...alert, patient: 'another patient', status: 'RETRACTED' });
    expect(alerts.decode(first)).toEqual(alert);
  });
});
