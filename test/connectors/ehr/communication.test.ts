import { expect, test } from 'vitest';
import { readCapability } from '../../../connectors/ehr/capability.ts';
import { communicationOf, isPage } from '../../../connectors/ehr/communication.ts';
import type { AuditEvent } from '../../../schemas/generated/audit-event.ts';
import { raised } from './alerts.ts';
import { pageOf } from './pages.ts';

const HELD = {
  id: raised.alertId,
  subject: { reference: 'Patient/p036' },
  encounter: { reference: 'Encounter/e036' },
};

test('the Communication of a page', async () => {
  const text = `${JSON.stringify(communicationOf(pageOf(raised), HELD), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../golden/ehr-communication.json');
});

test('says nothing of the patient: the same sentence whatever the score', () => {
  const of = (score: number) => communicationOf(pageOf(raised, { score, peak: score }), HELD).payload;
  expect(of(3)).toEqual(of(2));
});

test.each<[string, boolean, Partial<AuditEvent>]>([
  ['a page that was accepted', true, {}],
  ['one that was sent again', true, { reason: 'again-resent' }],
  ['one that was taken back', false, { reason: 'resolved-window-emptied' }],
  ['one that nobody was sent', false, { decision: 'SUPPRESSED', reason: 'refractory' }],
  ['what a person did with it', false, { decision: 'ACKNOWLEDGED', reason: 'acknowledged' }],
  ['what this sink wrote', false, { actor: 'ehr', reason: 'RAISED' }],
  ['what the topology decided', false, { actor: 'sepsis', decision: 'RAISED', reason: 'ONSET' }],
])('of %s: %s', (_, expected, own) => {
  expect(isPage(pageOf(raised, own))).toBe(expected);
});

test.each([
  [true, ['read', 'update'], {}],
  [false, ['read', 'create'], {}],
  [false, ['update'], {}],
  [false, ['read', 'update'], { updateCreate: false }],
])('whether a server takes a Communication is what it says: %s of %j and %j', (takes, codes, own) => {
  const interaction = codes.map((code) => ({ code }));
  const statement = {
    resourceType: 'CapabilityStatement',
    fhirVersion: '4.0.1',
    rest: [{ mode: 'server', resource: [{ type: 'Communication', interaction, ...own }] }],
  };
  expect(readCapability(statement)?.communication).toBe(takes);
});
