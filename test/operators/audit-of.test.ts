import { describe, expect, test } from 'vitest';
import { auditOf, pseudonymOf } from '../../operators/audit-of.ts';
import { encounter, HOUR, lactate, PATIENT, rr, sbp, T0 } from './events.ts';
import { Journal } from './journal.ts';

const journal = new Journal().addAll([
  encounter('enc-secret', T0 - HOUR, null),
  lactate('lac-secret', T0, 4.1),
  rr('obs-secret-r', T0, 30, { origin: { topic: 'fhir.observation.vitals', partition: 1, offset: 7 } }),
  sbp('obs-secret-s', T0 + HOUR, 80, { origin: { topic: 'fhir.observation.labs', partition: 2, offset: 9 } }),
]);
journal.tick(T0 + 100 * HOUR);
const audit = auditOf('a secret');

describe('the audit event of an alert record', () => {
  test('says which decision, why, by which rule, on which records', () => {
    const [raised] = journal.alerts;
    if (raised === undefined) throw new Error('no alert was written');
    expect(audit(raised)).toMatchObject({
      key: pseudonymOf('a secret', PATIENT),
      value: {
        patientPseudonym: pseudonymOf('a secret', PATIENT),
        alertId: raised.alertId,
        decision: 'RAISED',
        reason: 'ONSET',
        actor: 'topology',
        rule: 'qsofa',
        ruleVersion: '1',
        score: 2,
        evidence: [
          { topic: 'fhir.observation.vitals', partition: 1, offset: 7 },
          { topic: 'fhir.observation.labs', partition: 2, offset: 9 },
        ],
      },
    });
  });

  test('the same decision written twice has one id, another decision another', () => {
    const ids = journal.alerts.map((alert) => audit(alert).value.id);
    expect(journal.alerts.map((alert) => audit({ ...alert }).value.id)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('holds neither the patient nor anything of the record but where it lies', () => {
    const text = JSON.stringify(journal.alerts.map(audit));
    for (const secret of [PATIENT, 'p1"', 'secret-', 'enc-', '4.1', 'ED 4'])
      expect(text).not.toContain(secret);
  });

  test('a pseudonym is keyed: without the key it cannot be looked up', () => {
    expect(pseudonymOf('a', PATIENT)).toMatch(/^[0-9a-f]{32}$/);
    expect(pseudonymOf('a', PATIENT)).not.toBe(pseudonymOf('b', PATIENT));
    expect(pseudonymOf('a', PATIENT)).not.toBe(pseudonymOf('a', `${PATIENT}2`));
  });
});
