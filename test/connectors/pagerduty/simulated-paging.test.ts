import { expect, test } from 'vitest';
import { fraction } from '../../../connectors/memory/simulation/chance.ts';
import { FAULTS, type FaultRates, USUAL } from '../../../connectors/memory/simulation/faults.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import type { GivenEvent } from '../../servers/pagerduty/event-rules.ts';
import { alertOf, escalated, HOUR, NOON, resolved, retracted, updated } from './alerts.ts';
import { faultsOfPaging } from './paging-verdict.ts';
import { type Send, SimulatedPaging } from './simulated-paging.ts';
import { topicsInMemory } from './sink-world.ts';

const SEEDS = 120;
const PATIENTS = 12;

/** Whoever stands still and comes back may send what another has sent meanwhile: nothing outside of Kafka can tell. */
const RATES: FaultRates = { ...USUAL, kinds: FAULTS.filter((kind) => !kind.startsWith('freeze')) };

/** A course of each patient: raised, of some worse, of most over or taken back in the end. */
function courses(seed: number): (readonly [at: number, alert: SepsisAlert])[] {
  const all: (readonly [number, SepsisAlert])[] = [];
  for (let i = 0; i < PATIENTS; i++) {
    const drawn = (what: string): number => fraction(seed, `${what} ${i}`);
    const own = {
      alertId: i.toString(16).padStart(2, '0').repeat(32),
      patient: `https://ehr/Patient/${i}`,
      start: NOON,
      end: NOON + 6 * HOUR,
    };
    let at = drawn('raised') * 2_000;
    const add = (alert: SepsisAlert): void => {
      all.push([at, alert]);
      at += 30 + drawn(`later ${all.length}`) * 1_500;
    };
    add(alertOf(own));
    if (drawn('update') < 0.5) add(updated(own));
    const rose = drawn('rise') < 0.5;
    if (rose) add(escalated(own));
    if (drawn('over') < 0.6) add(resolved({ ...own, peak: rose ? 3 : 2 }));
    else if (drawn('over') < 0.8) add(retracted({ ...own, peak: rose ? 3 : 2 }));
  }
  return all.toSorted(([a], [b]) => a - b);
}

const topics = await topicsInMemory();

async function simulated(seed: number, send?: (send: Send) => Send): Promise<SimulatedPaging> {
  const paging = new SimulatedPaging({
    topics,
    seed,
    rates: RATES,
    unreliable: 0.2,
    crashes: Array.from({ length: 4 }, (_, i) => 300 + fraction(seed, `crash ${i}`) * 5_000),
    ...(send && { send }),
  });
  await paging.run(courses(seed));
  return paging;
}

const verdict = ({ world, incidents }: SimulatedPaging, seed: number): string[] => {
  const { sending, states } = world.journal;
  const open = [...states.values()].flatMap(({ alerts }) =>
    Object.values(alerts).flatMap(({ pages }) => pages.filter(({ state }) => state === 'open')),
  );
  return [
    ...faultsOfPaging({
      alerts: courses(seed).map(([, alert]) => alert),
      incidents: incidents.all,
      audit: world.audit,
    }),
    ...sending.map((key) => `${key} is still said to be sent`),
    ...(open.length === incidents.all.filter(({ status }) => status !== 'resolved').length
      ? []
      : ['the journal says otherwise']),
    ...world.dead.map((reason) => `dead letter ${reason}`),
  ];
};

test(`${SEEDS} seeds of crashes anywhere, lost requests and a PagerDuty that fails: each page once, each taken back once, none lost`, async () => {
  let [crashes, again, opened] = [0, 0, 0];
  for (let seed = 0; seed < SEEDS; seed++) {
    const paging = await simulated(seed);
    expect([seed, verdict(paging, seed)]).toEqual([seed, []]);
    crashes += paging.crashes;
    opened += paging.incidents.all.length;
    again += paging.world.audit.filter(({ reason }) => reason.endsWith('-resent')).length;
  }
  expect(crashes).toBeGreaterThan(SEEDS * 3);
  expect(opened).toBeGreaterThan(SEEDS * PATIENTS * 0.8);
  // Some were sent once more after a crash, and PagerDuty took them for what it had.
  expect(again).toBeGreaterThan(SEEDS / 4);
});

test('the same when one page is not answered for long while the others are, wherever a crash comes', async () => {
  let asked = 0;
  for (let seed = 0; seed < 20; seed++) {
    let left = 8;
    const paging = await simulated(seed, (send) => async (body, signal) => {
      const answer = await send(body, signal);
      const { event_action: action, dedup_key: key } = JSON.parse(body) as GivenEvent;
      if (key === 'sepsis-streams-start') asked++;
      // It was taken, and nobody knows.
      return action === 'trigger' && key === '00'.repeat(32) && left-- > 0
        ? { kind: 'unavailable', why: 'timeout', retryAfter: undefined }
        : answer;
    });
    expect([seed, verdict(paging, seed)]).toEqual([seed, []]);
  }
  expect(asked).toBeGreaterThan(20);
});

const BROKEN: Readonly<Record<string, { readonly send: (send: Send) => Send; readonly seen: RegExp }>> = {
  'a page is said to be accepted and is not sent': {
    send: (send) => (body, signal) =>
      body.includes('"trigger"') ? Promise.resolve({ kind: 'accepted' }) : send(body, signal),
    seen: /was never paged|in the audit trail/,
  },
  'pages are not taken back': {
    send: (send) => (body, signal) =>
      body.includes('"resolve"') ? Promise.resolve({ kind: 'accepted' }) : send(body, signal),
    seen: /is open, and the alert is over/,
  },
  'every page has a key of its own': {
    send: (send) => {
      let n = 0;
      return (body, signal) =>
        send(
          body.replace(/"dedup_key":"(\w+)/, (_, key: string) => `"dedup_key":"${key}:${n++}`),
          signal,
        );
    },
    seen: /is open, and the alert is over|in the audit trail/,
  },
  'a page is sent once more after it was taken back': {
    send: (send) => {
      let trigger = '';
      return async (body, signal) => {
        if (body.includes('"trigger"')) trigger = body;
        const answer = await send(body, signal);
        if (body.includes('"resolve"') && trigger !== '') await send(trigger, signal);
        return answer;
      };
    },
    seen: /was opened \d+ times/,
  },
};

test.each(Object.entries(BROKEN))('it is seen when %s', async (_what, { send, seen }) => {
  const found: string[] = [];
  for (let seed = 0; seed < 5 && found.length === 0; seed++)
    found.push(...verdict(await simulated(seed, send), seed).filter((line) => seen.test(line)));
  expect(found.length).toBeGreaterThan(0);
});
