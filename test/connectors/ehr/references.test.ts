import { expect, test } from 'vitest';
import { readAlert } from '../../../connectors/ehr/held-alert.ts';
import { referenceTo } from '../../../connectors/ehr/references.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { fhirServer } from '../../servers/fhir.ts';
import { useServer } from '../../servers/use-server.ts';
import { BASE, entriesFor, raised } from './alerts.ts';
import { auditsIn, connectionTo, ehrRig, freshPatient, NEVER, read } from './ehr-rig.ts';

const fhir = useServer(() => fhirServer());

const UUID = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';
const SEARCH = 'Encounter?identifier=http://hosp.example.org/visits|7';

/** Forms of a reference that lead nowhere on the server that is written to, and the type that each names. */
const NAMED: readonly (readonly [full: string, type: string | undefined])[] = [
  ['#enc1', undefined],
  [`${BASE}/#enc1`, undefined],
  ['https://elsewhere.example.org/fhir/#enc1', undefined],
  [UUID, undefined],
  ['e036', undefined],
  [SEARCH, 'Encounter'],
  [`${BASE}/${SEARCH}`, 'Encounter'],
  ['https://elsewhere.example.org/FHIR/Encounter?identifier=urn:oid:1.2.3|v7', 'Encounter'],
  ['Encounter?identifier=http://hosp.example.org/visits/7', 'Encounter'],
  ['Patient?identifier=mrn|4711', 'Patient'],
  ['Encounter/a~7', 'Encounter'],
  ['https://hosp.example.org/a~7', undefined],
  ['https://hosp.example.org/visits?id=7', undefined],
];

test.each(NAMED)('%s is named, with no type but one that FHIR could have', (value, type) => {
  const identifier = { system: 'urn:sepsis-streams:source', value };
  const referring = { bases: [BASE], unheld: new Set<string>() };
  expect(referenceTo(value, referring)).toStrictEqual(
    type === undefined ? { identifier } : { type, identifier },
  );
});

test.each(['subject', 'encounter'])(
  'of the %s that is only named no resource says a type that is none',
  (field) => {
    const alert = field === 'subject' ? { patient: UUID } : { encounter: '#enc1' };
    for (const { resource } of entriesFor({ ...raised, ...alert })) {
      if (resource.resourceType === 'Provenance') continue;
      expect(resource).toHaveProperty(field);
      expect(resource).not.toHaveProperty(`${field}.type`);
    }
  },
);

test.each([
  ['that is contained', '#enc1', undefined],
  ['of its Bundle', UUID, undefined],
  ['that is searched for', SEARCH, 'Encounter'],
  ['at an address of something else', 'https://hosp.example.org/visits?id=7', undefined],
])(
  'a server that validates takes an alert of an encounter %s, and a page of it finds the name',
  async (_, encounter, type) => {
    const base = fhir().url;
    const { deliver, retries } = await ehrRig(base);
    const patient = freshPatient(base);
    await patient.put();
    const record = patient.record({ encounter });
    const delivery = await deliver(record);
    expect({ retries, refused: delivery.refused }).toEqual({ retries: [], refused: [] });
    expect(auditsIn(delivery)).toMatchObject([{ decision: 'DELIVERED' }]);
    const { alertId } = record.value;
    const identifier = { system: 'urn:sepsis-streams:source', value: encounter };
    const named = type === undefined ? { identifier } : { type, identifier };
    for (const resource of ['Observation', 'RiskAssessment', 'Flag'])
      expect((await read(base, `${resource}/${alertId}`))['encounter']).toEqual(named);
    const asking = { connection: connectionTo(base), clock: systemClock };
    expect(await readAlert(asking, alertId, 'client-id', NEVER)).toMatchObject({ encounter: named });
  },
);
