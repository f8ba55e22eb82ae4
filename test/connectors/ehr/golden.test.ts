import { expect, test } from 'vitest';
import { markOf } from '../../../connectors/ehr/alert-record.ts';
import type { Entry } from '../../../connectors/ehr/entries.ts';
import { entriesFor, KINDS, raised, recordOf } from './alerts.ts';

const bundleText = (entry: readonly Entry[]): string =>
  `${JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }, undefined, 2)}\n`;

test.each(Object.keys(KINDS))('the Bundle of an alert that is %s', async (kind) => {
  const alert = KINDS[kind] ?? raised;
  await expect(bundleText(entriesFor(alert))).toMatchFileSnapshot(`../../golden/ehr-${kind}.json`);
});

test('the Bundle of what the server holds already, where it does not hold what the alert rests on', async () => {
  const alert = KINDS['escalated'] ?? raised;
  const mark = markOf(recordOf(raised, 16));
  const { alertId } = alert;
  const held = new Map([['Observation' as const, { id: alertId, version: '3', mark }]]);
  const referring = { bases: [], unheld: new Set(['Observation', 'Encounter']) };
  await expect(bundleText(entriesFor(alert, { held, referring }))).toMatchFileSnapshot(
    '../../golden/ehr-escalated-held.json',
  );
});
