import { describe, expect, test } from 'vitest';
import { alertOf, escalated, NOON, resolved, updated } from './alerts.ts';
import { ROUTING_KEY, topicsInMemory } from './sink-world.ts';
import { patient, type StormRig } from './storm-rig.ts';
import { useStorm } from './use-storm.ts';

const topics = await topicsInMemory();
const A1 = 'a1'.repeat(32);
let it: StormRig;
const start = useStorm(topics);
const begin = async (keys?: readonly string[]): Promise<StormRig> => {
  it = await start(keys);
  return it;
};

const reasons = (): string[] =>
  it.world.audit.map(({ decision, reason }) => `${decision} ${reason}`).toSorted();

test('a course: raised, worse, over; what the audit trail and the journal say of it', async () => {
  await begin();
  it.member();
  for (const alert of [alertOf(), escalated(), resolved({ peak: 3 })]) {
    it.world.append(it.time.now, alert);
    await it.carriedOut();
  }
  expect(it.server.taken.map(({ event_action, dedup_key }) => `${event_action} ${dedup_key}`)).toEqual([
    `trigger ${A1}`,
    `trigger ${A1}:3`,
    `resolve ${A1}`,
    `resolve ${A1}:3`,
  ]);
  expect(reasons()).toEqual([
    'DELIVERED onset',
    'DELIVERED resolved-window-emptied',
    'DELIVERED resolved-window-emptied',
    'DELIVERED score',
  ]);
  const [event] = it.world.audit;
  expect(event).toMatchObject({ alertId: A1, actor: 'pagerduty', rule: 'qsofa', eventTime: NOON });
  expect(event?.evidence).toEqual([
    { topic: 'fhir.observation.vitals', partition: 0, offset: 7 },
    { topic: 'fhir.observation.vitals', partition: 0, offset: 7 },
  ]);
  const { states, sending } = it.world.journal;
  expect([...states.keys()]).toEqual([alertOf().patient]);
  expect(sending).toEqual([]);
});

describe('a wrong routing key', () => {
  test('loses no page: it is tried again, and told, until the key is right', async () => {
    await begin([]);
    it.member();
    it.world.append(NOON, alertOf());
    await it.until(
      () => it.world.told.filter((line) => line === 'retrying pagerduty-key-refused 400').length >= 4,
    );
    expect([it.world.dead, it.world.lag]).toEqual([[], 1]);
    it.server.addKey(ROUTING_KEY);
    await it.carriedOut();
    expect(it.server.incidents.all).toHaveLength(1);
    // With pauses: it is no hail of requests.
    expect(it.server.requests.length).toBeLessThan(10);
  });

  test('of one unit holds up no other', async () => {
    await begin();
    it.member({
      table: new Map([
        ['default', ROUTING_KEY],
        ['ICU', 'x'.repeat(32)],
      ]),
    });
    const icu = patient(1, NOON, { encounterDetail: { ...alertOf().encounterDetail!, location: 'ICU-3' } });
    it.world.append(NOON, icu, patient(2, NOON));
    await it.until(() => it.server.incidents.all.length === 1);
    it.world.append(NOON, patient(3, NOON));
    await it.until(() => it.server.incidents.all.length === 2);
    expect(it.world.lag).toBeGreaterThan(0);
  });

  test('cannot take a page back; nobody behind it waits for that', async () => {
    await begin();
    it.member();
    it.world.append(NOON, alertOf());
    await it.carriedOut();
    it.server.faults = ({ event }) =>
      event?.event_action === 'resolve' ? { kind: 'answer', status: 403 } : undefined;
    it.world.append(it.time.now, resolved());
    await it.carriedOut();
    expect(it.world.dead).toEqual(['pagerduty-key-refused']);
    expect(reasons()).toEqual(['DELIVERED onset', 'SUPPRESSED key-refused']);
  });
});

test('an event that PagerDuty will never take is a dead letter; the next change of the alert tries again', async () => {
  await begin();
  it.member();
  it.server.faults = () => ({ kind: 'answer', status: 400, body: '{"errors":["x"]}' });
  it.world.append(NOON, alertOf());
  await it.carriedOut();
  expect(it.world.dead).toEqual(['pagerduty-refused']);
  expect(reasons()).toEqual(['SUPPRESSED refused']);
  expect(it.world.told).toContain('refused trigger 400');
  it.server.faults = () => undefined;
  it.world.append(it.time.now, updated());
  await it.carriedOut();
  it.world.append(it.time.now, resolved());
  await it.carriedOut();
  // What nobody got is not taken back.
  expect(it.server.taken.map(({ event_action, dedup_key }) => `${event_action} ${dedup_key}`)).toEqual([
    `trigger ${A1}:again`,
    `resolve ${A1}:again`,
  ]);
});

test('a page goes to the key of its unit, and is taken back there after the patient has moved', async () => {
  const ICU = 'i'.repeat(32);
  await begin([ROUTING_KEY, ICU]);
  it.member({
    table: new Map([
      ['default', ROUTING_KEY],
      ['ICU', ICU],
    ]),
  });
  const inIcu = { encounterDetail: { ...alertOf().encounterDetail!, location: 'ICU-3' } };
  it.world.append(NOON, alertOf(inIcu));
  await it.carriedOut();
  it.world.append(it.time.now, escalated());
  await it.carriedOut();
  it.world.append(it.time.now, resolved({ peak: 3 }));
  await it.carriedOut();
  expect(it.server.incidents.all.map(({ key, routing, status }) => [key, routing, status])).toEqual([
    [A1, ICU, 'resolved'],
    [`${A1}:3`, ROUTING_KEY, 'resolved'],
  ]);
  expect(it.server.incidents.dropped).toEqual([]);
});

test('another member goes on where one was killed: with the same pages', async () => {
  await begin();
  const first = it.member();
  it.world.append(NOON, alertOf());
  await it.carriedOut();
  first.kill();
  it.member({ slot: 'b' });
  it.world.append(it.time.now, updated());
  it.world.append(it.time.now, resolved());
  await it.carriedOut();
  expect(it.server.taken.map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve']);
  expect(it.server.incidents.all.map(({ status }) => status)).toEqual(['resolved']);
});
