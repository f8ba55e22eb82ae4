import { expect, test } from 'vitest';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { type Json, observation, quantity, valued } from '../operators/fhir.ts';
import { freshAlert, PagingStack } from './pagerduty/paging-stack.ts';
import { until } from './run/real-ward.ts';
import type { RunProcess } from './run/run-process.ts';

const stack = new PagingStack();
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A name, a record number, a birth date, a telephone number and what somebody wrote about the patient. */
const PLANTED = ['Roe-Planted', '80417733', '1961-03-04', '555-0199', 'daughter visits'];
const SUBJECT = { reference: 'Patient/mrn-80417733', display: 'Jane Roe-Planted' };
const PERSONAL: Json = {
  subject: SUBJECT,
  encounter: { reference: 'Encounter/80417733-1', display: 'Roe-Planted, Jane' },
  note: [{ text: 'daughter visits at noon, call 555-0199' }],
  performer: [{ display: 'for Jane Roe-Planted, born 1961-03-04' }],
  contained: [
    { resourceType: 'Patient', id: 'p', birthDate: '1961-03-04', name: [{ family: 'Roe-Planted' }] },
  ],
};

const now = (): string => new Date(systemClock.now()).toISOString();
const vital = (code: string, value: number, unit: string): Json =>
  valued(
    code,
    { valueQuantity: quantity(value, unit) },
    { ...PERSONAL, id: `80417733-${code}`, effectiveDateTime: now() },
  );

/** What no step can read, with what it should not repeat. */
const broken = (): readonly (Json | string)[] => [
  'Jane Roe-Planted, 1961-03-04',
  `{"resourceType":"Observation","note":"daughter visits"`,
  observation({ ...PERSONAL, effectiveDateTime: '1961-03-04' }),
  observation({ ...PERSONAL, effectiveDateTime: now(), valueQuantity: quantity('555-0199', '/min') }),
  observation({ ...PERSONAL, effectiveDateTime: now(), valueQuantity: quantity(20, 'Roe-Planted') }),
  observation({ ...PERSONAL, effectiveDateTime: now(), subject: { display: 'Jane Roe-Planted' } }),
  observation({ ...PERSONAL, effectiveDateTime: now(), subject: { identifier: { value: '80417733' } } }),
];

async function feed(topic: string, ...resources: readonly (Json | string)[]): Promise<void> {
  await stack.driver.producer().send(
    topic,
    resources.map((one) => ({
      key: encoder.encode('Jane Roe-Planted 80417733'),
      value: encoder.encode(typeof one === 'string' ? one : JSON.stringify(one)),
      timestamp: systemClock.now(),
    })),
  );
}

/** Where something that was planted is found. */
const leaks = (places: Readonly<Record<string, string>>): string[] =>
  Object.entries(places).flatMap(([place, text]) =>
    PLANTED.filter((one) => text.toLowerCase().includes(one.toLowerCase())).map((one) => `${place}: ${one}`),
  );

const requests = (): string =>
  stack.server.requests.map(({ body, headers }) => JSON.stringify(headers) + body).join('\n');

async function metricsOf(process: RunProcess): Promise<string> {
  const { port } = await process.told('listening');
  return (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text();
}

const worked = async (pages: number): Promise<void> => {
  await until(() => Promise.resolve(stack.server.incidents.all.length >= pages ? true : undefined));
  await stack.drained();
};

test('nothing that names a patient leaves for PagerDuty, is logged, is measured, or stands in a header', async () => {
  const run = stack.begin(['run', '--slot', 'r'], { HTTP_PORT: '0' });
  const pagerduty = stack.pagerduty({ HTTP_PORT: '0' });
  await Promise.all([run.told('started'), pagerduty.told('started')]);
  await feed(TOPIC.encounters, {
    resourceType: 'Encounter',
    id: '80417733-1',
    status: 'in-progress',
    class: { code: 'IMP', display: 'Roe-Planted' },
    subject: SUBJECT,
    period: { start: now() },
    location: [{ location: { display: 'Jane Roe-Planted, 1961-03-04' } }],
  });
  await feed(TOPIC.vitals, vital('9279-1', 30, '/min'), vital('8480-6', 95, 'mm[Hg]'), ...broken());
  await worked(1);
  // Worse, by when the encounter is known; and PagerDuty answers with what it was sent.
  stack.server.faults = ({ number }) =>
    number % 2 === 0
      ? { kind: 'answer', status: 400, body: '{"errors":["Jane Roe-Planted"]}' }
      : { kind: 'answer', status: 503 };
  await feed(TOPIC.vitals, vital('9269-2', 9, '{score}'));
  await until(async () =>
    (await stack.read(TOPIC.deadLetters)).length > broken().length ? true : undefined,
  );
  stack.server.faults = () => undefined;
  // And an alert that nobody can read.
  await feed(TOPIC.alerts, 'Jane Roe-Planted');
  await stack.drained();
  const letters = await stack.read(TOPIC.deadLetters);
  const audits = await stack.audits();
  expect(letters).toHaveLength(broken().length + 2);
  expect(audits.map(({ decision }) => decision)).toEqual(expect.arrayContaining(['RAISED', 'DELIVERED']));
  const left = {
    'to PagerDuty': requests(),
    'headers of dead letters': letters
      .flatMap(({ headers = {} }) =>
        Object.entries(headers).map(([name, value]) => name + decoder.decode(value)),
      )
      .join('\n'),
    audit: JSON.stringify(audits),
    'metrics of run': await metricsOf(run),
    'metrics of pagerduty': await metricsOf(pagerduty),
  };
  for (const text of Object.values(left)) expect(text.length).toBeGreaterThan(100);
  pagerduty.signal('SIGTERM');
  run.signal('SIGTERM');
  expect([await pagerduty.exit, await run.exit]).toEqual([0, 0]);
  expect(leaks({ ...left, 'log of run': run.text, 'log of pagerduty': pagerduty.text })).toEqual([]);
  // It would be seen: all of it is in the records themselves.
  const values = letters.map(({ key, value }) => decoder.decode(key!) + decoder.decode(value!)).join('\n');
  expect(leaks({ values })).toEqual(PLANTED.map((one) => `values: ${one}`));
});

test('it is seen when pages carry values, as PAGE_DETAILS=values has it', async () => {
  const sink = stack.pagerduty({ PAGE_DETAILS: 'values' });
  await stack.send(freshAlert({ patient: SUBJECT.reference }));
  await until(async () => (leaks({ requests: requests() }).length > 0 ? true : undefined));
  expect(leaks({ requests: requests() })).toContain('requests: 80417733');
  sink.signal('SIGTERM');
  expect(await sink.exit).toBe(0);
});
