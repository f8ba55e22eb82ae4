import { describe, expect, test } from 'vitest';
import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { text } from '../../../topology/model/codec.ts';
import { hours } from '../../../topology/model/time.ts';
import { alertOf, HOUR, MINUTE, NOON } from './alerts.ts';
import { SinkWorld, topicsInMemory } from './sink-world.ts';
import { patient, type StormRig } from './storm-rig.ts';
import { useStorm } from './use-storm.ts';

const topics = await topicsInMemory();
let it: StormRig;
const start = useStorm(topics);
const begin = async (keys?: readonly string[]): Promise<StormRig> => {
  it = await start(keys);
  return it;
};

const reasons = (): string[] =>
  it.world.audit.map(({ decision, reason }) => `${decision} ${reason}`).toSorted();
const last = <T>(all: readonly T[]): T | undefined => all.at(-1);

const CANARIES = ['Jane Roe', 'MRN-4711', '1961-03-04'];

test('no name, number or birth date leaves for PagerDuty or is told, whatever goes wrong', async () => {
  await begin();
  it.member();
  const named = patient(1, NOON, {
    patient: 'https://ehr/Patient/MRN-4711?name=Jane Roe&birthdate=1961-03-04',
    encounter: 'Encounter/Jane Roe',
    suspectedInfection: {
      onsetDate: 1,
      rule: 'CULTURE_THEN_ANTIBIOTIC',
      otherDate: 1,
      antibiotic: 'for Jane Roe',
    },
    encounterDetail: {
      ...alertOf().encounterDetail!,
      id: 'Encounter/MRN-4711',
      location: 'Jane Roe, 1961-03-04',
    },
  });
  it.server.faults = ({ number }) =>
    [
      { kind: 'answer', status: 503 },
      { kind: 'reset', taken: false },
      { kind: 'answer', status: 400 },
    ][number] as undefined;
  it.world.append(NOON, named);
  it.world.broker.append(TOPIC.alerts, [
    { key: text.encode('Jane Roe'), value: text.encode('Jane Roe'), timestamp: NOON },
  ]);
  it.world.append(it.time.now, { ...named, alertId: 'ff'.repeat(32), patient: `${named.patient}2` });
  await it.carriedOut();
  expect(it.server.requests.length).toBeGreaterThan(3);
  const left = [
    ...it.server.requests.map(({ body, headers }) => `${JSON.stringify(headers)}${body}`),
    ...it.world.told,
    ...it.world.read(TOPIC.audit).map(({ key, value }) => `${text.decode(key!)}${text.decode(value!)}`),
    ...it.world.read(TOPIC.deadLetters).map(({ headers = {} }) =>
      Object.values(headers)
        .map((value) => text.decode(value))
        .join(),
    ),
  ].join('\n');
  for (const canary of CANARIES) expect(left).not.toContain(canary);
  // They were there: a sink that sends values shows them.
  expect(
    it.world
      .read(TOPIC.alerts)
      .map(({ value }) => text.decode(value!))
      .join(),
  ).toContain('Jane Roe');
});

describe('the journal', () => {
  const failureOf = async (names: Readonly<Record<string, number>>, journal?: string): Promise<unknown> => {
    await begin();
    const broker = new MemoryBroker({ clock: it.clock });
    const world = new SinkWorld(topics, it.world.broker, 2);
    broker.createTopics(Object.entries(names).map(([name, partitions]) => ({ name, partitions })));
    if (journal !== undefined)
      broker.append(TOPIC.pages, [
        { partition: 0, key: text.encode('p'), value: text.encode(journal), timestamp: 0 },
      ]);
    const driver = new MemoryDriver(broker, {
      link: { call: async (_request, apply) => apply() },
      clock: it.clock,
    });
    let failure: unknown;
    void world.member({ driver, clock: it.clock, send: it.client() }).ended.then((error) => {
      failure = error;
    });
    await it.until(() => failure !== undefined);
    return failure;
  };

  test.each([
    ['is missing', { [TOPIC.alerts]: 2 }, undefined, 'configuration', 'sepsis.pages is missing'],
    [
      'has other partitions',
      { [TOPIC.alerts]: 2, [TOPIC.pages]: 3 },
      undefined,
      'configuration',
      'sepsis.pages has 3 partitions',
    ],
    [
      'is of a later version',
      { [TOPIC.alerts]: 2, [TOPIC.pages]: 2 },
      '{"version":2}',
      'pages-unreadable',
      'no known version',
    ],
  ])('%s: nothing is sent', async (_what, names, journal, code, says) => {
    const failure = await failureOf(names as unknown as Record<string, number>, journal);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(it.server.requests).toEqual([]);
  });
});

test('an outage for longer than what is news: who is still positive then is paged, who is not is noted', async () => {
  await begin();
  it.server.faults = () => ({ kind: 'answer', status: 503 });
  it.member({ policy: { oldest: hours(1) } });
  // The first that is tried is one that lasts; behind it the others wait.
  it.world.append(it.time.now, patient(0, NOON, { end: NOON + 20 * HOUR }));
  await it.pass(MINUTE);
  it.world.append(it.time.now, patient(1, NOON), patient(2, NOON, { end: NOON + 20 * HOUR }));
  await it.pass(80 * MINUTE);
  it.world.append(it.time.now, { ...patient(1, NOON), status: 'RESOLVED', reason: 'WINDOW_EMPTIED' });
  it.world.append(it.time.now, {
    ...patient(2, NOON, { end: NOON + 20 * HOUR }),
    status: 'UPDATED',
    reason: 'EVIDENCE_CHANGED',
  });
  it.server.faults = () => undefined;
  await it.carriedOut();
  expect(it.server.incidents.all.map(({ key }) => key.slice(0, 4))).toEqual(['0000', '0002']);
  expect(reasons()).toEqual(['DELIVERED onset', 'DELIVERED onset', 'SUPPRESSED resolved-before-sent']);
  expect(last(it.world.told)).toMatch(/delivered|suppressed/);
});
