import { describe, expect, test } from 'vitest';
import { checkTopics } from '../../../app/topics/check-topics.ts';
import type { Wanted } from '../../../app/topics/drift.ts';
import { settingsOf } from '../../../app/topics/topic-settings.ts';
import type { TopicFound } from '../../../connectors/platformatic/topic-configs.ts';
import { TOPIC_PLAN } from '../../../schemas/topic-plan.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { days } from '../../../topology/model/time.ts';

const WANTED: Wanted = { partitions: undefined, replication: 3 };
const LARGEST = '1048588';

type Change = Partial<Omit<TopicFound, 'settings'>> & {
  readonly settings?: Readonly<Record<string, string>>;
};

/** A cluster as planned but for one topic; null: that is missing. */
function clusterWith(topic: string, change: Change | null): ReadonlyMap<string, TopicFound> {
  const found = new Map<string, TopicFound>();
  for (const planned of TOPIC_PLAN) {
    const settings = new Map([['max.message.bytes', LARGEST], ...settingsOf(planned, 3)]);
    const own = planned.name === topic ? change : {};
    if (own === null) continue;
    for (const [name, value] of Object.entries(own.settings ?? {})) settings.set(name, value);
    found.set(planned.name, { partitions: 12, replication: 3, ...own, settings });
  }
  return found;
}

async function checked(
  topic: string,
  change: Change | null,
  wanted: Wanted = WANTED,
): Promise<{ passed: boolean; text: string; drifts: number }> {
  const cluster = { describe: async () => clusterWith(topic, change) };
  const { lines, passed } = await checkTopics(cluster, TOPIC_PLAN, wanted);
  const text = lines.join('\n');
  const drifts = lines.filter((line) => /^ {2}(?:broken|differs): /.test(line)).length;
  expect(lines.filter((line) => line.startsWith('    mend: '))).toHaveLength(drifts);
  return { passed, text, drifts };
}

const set = (name: string, value: string): Change => ({ settings: { [name]: value } });
const EVENTS = TOPIC.clinicalEvents;

describe('check', () => {
  test('has nothing to say of a cluster as planned', async () => {
    const { passed, text } = await checked('', {});
    expect(passed).toBe(true);
    expect(text).toMatch(/\nAll as planned\.$/);
  });

  test.each<[string, string, Change | null, RegExp]>([
    ['a topic is missing', TOPIC.audit, null, /missing[^]*mend: sepsis-streams topics create/],
    ['events lie in fewer partitions', EVENTS, { partitions: 6 }, /12 partitions, but .* has 6/],
    ['a replica is missing', TOPIC.vitals, { replication: 2 }, /2 of 3 replicas/],
    ['one replica is enough', TOPIC.alerts, set('min.insync.replicas', '1'), /min\.insync\.replicas=2/],
    ['no write can succeed', TOPIC.alerts, set('min.insync.replicas', '4'), /nothing can be written/],
    ['a replica behind may lead', EVENTS, set('unclean.leader.election.enable', 'true'), /=false/],
    ['events are compacted', EVENTS, set('cleanup.policy', 'compact'), /ticks have no key/],
    ['pages are not compacted', TOPIC.pages, set('cleanup.policy', 'delete'), /=\[compact,delete\]/],
    ['pages lie in fewer partitions', TOPIC.pages, { partitions: 6 }, /6 partitions, but .* has 12/],
    ['alerts are compacted too', TOPIC.alerts, set('cleanup.policy', 'compact,delete'), /compact,delete/],
    [
      'events are kept for a week',
      EVENTS,
      set('retention.ms', String(days(7))),
      /7 days.*45 days[^]*=3888000000/,
    ],
    [
      'events are kept a moment too short',
      EVENTS,
      set('retention.ms', String(days(45) - 1)),
      /45 days needed/,
    ],
    [
      'alerts are kept shorter than events',
      TOPIC.alerts,
      set('retention.ms', String(days(44))),
      /45 days needed/,
    ],
    ['events are bounded in bytes', EVENTS, set('retention.bytes', '1000000000'), /retention\.bytes=-1/],
    ['a dead letter may not fit', TOPIC.deadLetters, set('max.message.bytes', LARGEST), /=1114124/],
    ['an input takes more than a dead letter', TOPIC.labs, set('max.message.bytes', '2097152'), /=2162688/],
    ['a setting is not told', EVENTS, set('retention.ms', 'none'), /unknown/],
  ])('is not passed when %s', async (_, topic, change, says) => {
    const { passed, text, drifts } = await checked(topic, change);
    expect([passed, drifts]).toEqual([false, 1]);
    expect(text).toMatch(says);
    expect(text).toContain('1 broken:');
  });

  test('is not passed when alerts lie in more partitions than events and pages', async () => {
    const { passed, text, drifts } = await checked(TOPIC.alerts, { partitions: 24 });
    expect([passed, drifts]).toEqual([false, 2]);
    expect(text).toMatch(/24 partitions, but .* has 12/);
    expect(text).toMatch(/12 partitions, but .* has 24/);
  });

  test.each<[string, string, Change, RegExp]>([
    ['an input is kept for a day', TOPIC.labs, set('retention.ms', String(days(1))), /7 days planned/],
    ['alerts are kept for 60 days', TOPIC.alerts, set('retention.ms', String(days(60))), /90 days planned/],
    [
      'dead letters are bounded in bytes',
      TOPIC.deadLetters,
      set('retention.bytes', '1'),
      /retention\.bytes=-1/,
    ],
    ['a broker away stops writing', TOPIC.vitals, set('min.insync.replicas', '3'), /stops all writing/],
  ])('is passed, and names it, when %s', async (_, topic, change, says) => {
    const { passed, text, drifts } = await checked(topic, change);
    expect([passed, drifts]).toEqual([true, 1]);
    expect(text).toMatch(says);
    expect(text).toMatch(/\n1 differs from the plan/);
  });

  test.each<[string, string, Change]>([
    ['is kept for longer', EVENTS, set('retention.ms', String(days(400)))],
    ['is kept for ever', TOPIC.alerts, set('retention.ms', '-1')],
    ['has more replicas', TOPIC.audit, { replication: 4 }],
    ['says its policies the other way about', TOPIC.pages, set('cleanup.policy', 'delete,compact')],
    ['has partitions of its own as a feed', TOPIC.vitals, { partitions: 48 }],
    ['takes larger dead letters', TOPIC.deadLetters, set('max.message.bytes', '10485760')],
  ])('finds no fault with a topic that %s', async (_, topic, change) => {
    expect(await checked(topic, change)).toMatchObject({ passed: true, drifts: 0 });
  });

  test('names a number of partitions that was asked for and is another, and does not break on it', async () => {
    const { passed, text, drifts } = await checked(
      TOPIC.vitals,
      { partitions: 6 },
      { ...WANTED, partitions: 12 },
    );
    expect([passed, drifts]).toEqual([true, 1]);
    expect(text).toContain('6 partitions, not 12');
  });
});
