import { expect, test } from 'vitest';
import type { Answer } from '../../../connectors/pagerduty/answer.ts';
import type { AlertRecord } from '../../../connectors/pagerduty/decided.ts';
import { encodePages, SENDING_SUFFIX, type Sending } from '../../../connectors/pagerduty/patient-pages.ts';
import { Stopped } from '../../../connectors/pagerduty/sender.ts';
import type { Lane } from '../../../connectors/sink/sink.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { text } from '../../../topology/model/codec.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { alertOf, HOUR, MINUTE, NOON, recordOf, resolved, updated } from './alerts.ts';
import { topicsInMemory } from './sink-world.ts';
import type { StormRig } from './storm-rig.ts';
import { useStorm } from './use-storm.ts';

const topics = await topicsInMemory();
const A1 = 'a1'.repeat(32);
const LONG = { end: NOON + 40 * HOUR };
const policy = { quiet: milliseconds(5 * MINUTE) };
let it: StormRig;
const start = useStorm(topics);
const begin = async (): Promise<StormRig> => {
  it = await start();
  return it;
};

const taken = (): string[] =>
  it.server.taken.map(({ event_action, dedup_key }) => `${event_action} ${dedup_key?.replace(A1, 'a1')}`);
const reasons = (): string[] => it.world.audit.map(({ decision, reason }) => `${decision} ${reason}`);

/** A member that dies when PagerDuty has taken its n-th event, before anybody has heard of that. */
function memberThatDies(n: number, until: (sent: number) => Promise<unknown> = () => Promise.resolve()) {
  const send = it.client();
  let sent = 0;
  let isDead = false;
  const member = it.member({
    policy,
    send: async (body, signal): Promise<Answer> => {
      const mine = ++sent;
      if (isDead) return new Promise(() => {});
      const answer = await send(body, signal);
      await until(mine);
      if (mine < n) return answer;
      isDead = true;
      member.kill();
      return new Promise(() => {});
    },
  });
  return { ...member, dead: () => isDead };
}

test('what was sent before a crash is sent again, whatever people did since; that is heeded behind it', async () => {
  await begin();
  const first = memberThatDies(2);
  it.world.append(it.time.now, alertOf(LONG));
  await it.carriedOut();
  first.sink.responded({ key: A1, kind: 'acknowledged', at: it.time.now });
  await it.until(() => reasons().includes('ACKNOWLEDGED acknowledged'));
  await it.pass(6 * MINUTE);
  it.world.append(it.time.now, updated(LONG));
  await it.until(first.dead);
  const resolvedAt = it.time.now;
  const { sink } = it.member({ slot: 'b', policy });
  sink.responded({ key: A1, kind: 'resolved', at: resolvedAt });
  await it.until(() => reasons().includes('ACKNOWLEDGED resolved-by-people'));
  await it.carriedOut();
  expect(taken()).toEqual(['trigger a1', 'trigger a1:again', 'trigger a1:again']);
  expect(reasons()).toEqual([
    'DELIVERED onset',
    'ACKNOWLEDGED acknowledged',
    'DELIVERED again-resent',
    'ACKNOWLEDGED resolved-by-people',
  ]);
  // Nobody would have taken it back if it were not known.
  it.world.append(it.time.now, resolved(LONG));
  await it.carriedOut();
  expect(taken().slice(3)).toEqual(['resolve a1:again']);
});

test('what was sent because of what people did is sent again although nobody tells of that again', async () => {
  await begin();
  let goOn: (() => void) | undefined;
  const first = memberThatDies(2, async (sent) => {
    if (sent > 1) return;
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
  });
  it.world.append(it.time.now, alertOf(LONG));
  await it.until(() => goOn !== undefined);
  // Both are looked at together when the first page is through: it was resolved for longer than that holds.
  it.world.append(it.time.now, updated(LONG));
  first.sink.responded({ key: A1, kind: 'resolved', at: it.time.now - 6 * MINUTE });
  await it.pass(1_000);
  goOn?.();
  await it.until(first.dead);
  it.member({ slot: 'b', policy });
  await it.carriedOut();
  expect(taken()).toEqual(['trigger a1', 'trigger a1:again', 'trigger a1:again']);
  it.world.append(it.time.now, resolved(LONG));
  await it.carriedOut();
  expect(taken().slice(3)).toEqual(['resolve a1:again']);
});

test('stopped when it was let through, before it sends again: others are let through behind it', async () => {
  await begin();
  const patient = alertOf().patient;
  const sending: Sending = { version: 1, upTo: 0, now: NOON, aliases: { [A1]: 'default' } };
  it.world.broker.append(TOPIC.pages, [
    {
      partition: 0,
      key: text.encode(`${patient}${SENDING_SUFFIX}`),
      value: encodePages(sending),
      timestamp: NOON,
    },
  ]);
  const { sink, worker } = it.member();
  await it.until(() => worker.state === 'running');
  const laneOf = (taken: () => void): Lane<SepsisAlert> => {
    let waiting: readonly AlertRecord[] = [recordOf(alertOf(), 0)];
    return {
      key: patient,
      get waiting() {
        return waiting;
      },
      take: () => {
        taken();
        const all = waiting;
        waiting = [];
        return all;
      },
    };
  };
  // More often than calls are let through at a time.
  for (let i = 0; i < 9; i++) {
    const stop = new AbortController();
    let outcome: unknown;
    void sink
      .deliver(
        laneOf(() => stop.abort()),
        stop.signal,
      )
      .catch((error: unknown) => {
        outcome = error;
      });
    await it.until(() => outcome !== undefined, 1 / 60);
    expect(outcome).toBeInstanceOf(Stopped);
  }
  expect(taken()).toEqual([]);
  let delivered: unknown;
  void sink
    .deliver(
      laneOf(() => {}),
      new AbortController().signal,
    )
    .then((delivery) => {
      delivered = delivery;
    });
  await it.until(() => delivered !== undefined, 1 / 60);
  expect(taken()).toEqual(['trigger a1']);
});
