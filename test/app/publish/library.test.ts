import type { Encounter, MedicationRequest, Observation } from 'fhir/r4.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fhirPublisher } from '../../../app/library.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { respiratoryRate } from '../replay/vital-signs.ts';
import { clientOf, inputTopics, keyOf, recordsOf, resourceIn } from './publish-run.ts';

const kafka = useServer(() => kafkaServer());
let driver: KafkaDriver;
beforeAll(async () => {
  driver = clientOf(kafka().bootstrap);
  await inputTopics(driver);
});
afterAll(() => driver.close());

const RUN = `lib-${Date.now()}`;
const subject = { reference: `Patient/${RUN}` };

function observation(id: string): Observation {
  const resource: Observation = JSON.parse(respiratoryRate(id, '2026-01-05T08:00:00Z', 24, { subject }));
  return resource;
}

test('what is published stands where it is said to, in the order in which it was given', async () => {
  const publisher = fhirPublisher({ kafka: { bootstrap: [kafka().bootstrap] } });
  const ids = Array.from({ length: 3_000 }, (_, i) => `${RUN}-${i}`);
  const places = await Promise.all(ids.map((id) => publisher.publishObservation(observation(id))));
  const encounter: Encounter = {
    resourceType: 'Encounter',
    status: 'in-progress',
    class: { code: 'IMP' },
    subject,
  };
  const order: MedicationRequest = {
    resourceType: 'MedicationRequest',
    status: 'active',
    intent: 'order',
    subject,
  };
  const [first, second] = await Promise.all([
    publisher.publishEncounter(encounter),
    publisher.publishMedicationRequest(order),
  ]);
  await publisher.close();
  expect([first.topic, second.topic]).toEqual([TOPIC.encounters, TOPIC.medicationRequests]);
  const stand = (await recordsOf(driver, TOPIC.vitals)).filter(
    (record) => keyOf(record) === subject.reference,
  );
  expect(stand.map((record) => resourceIn(record)['id'])).toEqual(ids);
  expect(stand.map(({ offset, partition }) => [partition, offset])).toEqual(
    places.map(({ offset, partition }) => [partition, offset]),
  );
});

test('closing sends what was given just before', async () => {
  const publisher = fhirPublisher({ kafka: { bootstrap: [kafka().bootstrap], driver: 'kafkajs' } });
  const last = publisher.publish(observation(`${RUN}-last`));
  await publisher.close();
  expect((await last).topic).toBe(TOPIC.vitals);
  await expect(publisher.publish(observation('late'))).rejects.toMatchObject({ code: 'publisher-closed' });
});

test('what is no such resource is refused, without its contents', async () => {
  const publisher = fhirPublisher({ kafka: driver });
  const wrong: unknown[] = [
    { resourceType: 'Encounter', status: 'Canary' },
    { resourceType: 'Patient', name: 'Canary' },
    { resourceType: 'Canary 1950-01-01' },
    { status: 'Canary' },
    'Canary',
    undefined,
    10n,
  ];
  for (const one of wrong) {
    const told = publisher.publishObservation(one as Observation);
    await expect(told).rejects.toMatchObject({
      code: 'resource-unfit',
      message: expect.not.stringContaining('Canary'),
    });
  }
  await publisher.close();
});

test('no broker is told to whoever waits', async () => {
  const publisher = fhirPublisher({ kafka: { bootstrap: ['127.0.0.1:1'] }, maxPending: 1 });
  const first = publisher.publish(observation('lost'));
  await expect(publisher.publish(observation('too many'))).rejects.toMatchObject({ code: 'publisher-full' });
  await expect(first).rejects.toMatchObject({ code: 'broker-unavailable' });
  await publisher.close();
});
