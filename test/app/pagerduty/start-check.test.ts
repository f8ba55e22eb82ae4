import { expect, test } from 'vitest';
import { checkPagerDuty } from '../../../app/pagerduty/start-check.ts';
import type { Answer } from '../../../connectors/pagerduty/answer.ts';
import { faultsOf } from '../../servers/pagerduty/event-rules.ts';

const NEVER = new AbortController().signal;
const [WEST, EAST] = ['w'.repeat(32), 'e'.repeat(32)];

const away = (why: string): Answer => ({ kind: 'unavailable', why, retryAfter: undefined });

/** What is told when PagerDuty answers so for each key. @throws what ends the process. */
async function checked(answers: Readonly<Record<string, Answer>>, units: readonly [string, string][]) {
  const told: unknown[] = [];
  const asked: string[] = [];
  await checkPagerDuty(
    {
      url: 'https://events.example.org',
      routing: () => new Map(units),
      send: (body) => {
        expect(faultsOf(body)).toEqual([]);
        const { routing_key: key }: { routing_key: string } = JSON.parse(body);
        asked.push(key);
        return Promise.resolve(answers[key] ?? { kind: 'accepted' });
      },
    },
    { say: (event, fields) => told.push([event, fields]), retrying: (code, why) => told.push([code, why]) },
    NEVER,
  );
  return { told, asked };
}

test('each key is asked for once, whatever units share it', async () => {
  const units: [string, string][] = [
    ['default', WEST],
    ['5 West', WEST],
    ['ICU', EAST],
  ];
  expect(await checked({}, units)).toEqual({ told: [], asked: [WEST, EAST] });
});

test("one unit's wrong key is told, and the others are paged", async () => {
  const units: [string, string][] = [
    ['default', WEST],
    ['ICU', EAST],
    ['ICU 2', EAST],
  ];
  const { told } = await checked({ [EAST]: { kind: 'key-refused', status: 400 } }, units);
  expect(told).toEqual([['routing-key-refused', { unit: 'ICU, ICU 2', status: 400 }]]);
});

test.each<[Answer, string, RegExp]>([
  [{ kind: 'key-refused', status: 400 }, 'pagerduty-key-refused', /\(400\).*PAGERDUTY_API_KEY/],
  [{ kind: 'untrusted', why: 'CERT_HAS_EXPIRED' }, 'pagerduty-tls-untrusted', /PAGERDUTY_CA_FILE/],
  [away('ENOTFOUND'), 'pagerduty-unavailable', /no host of PAGERDUTY_URL/],
])('%j ends it, naming the setting and no key', async (answer, code, says) => {
  const failure: unknown = await checked({ [WEST]: answer }, [['default', WEST]]).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code, message: expect.stringMatching(says) });
  expect(String(failure)).not.toContain(WEST);
});

test.each([away('ECONNREFUSED'), away('EAI_AGAIN'), away('503')])(
  '%j may pass: it begins, and pages wait',
  async (answer) => {
    const { told } = await checked({ [WEST]: answer }, [['default', WEST]]);
    expect(told).toEqual([['pagerduty-unavailable', 'why' in answer ? answer.why : '']]);
  },
);
