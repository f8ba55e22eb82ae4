import { expect, test } from 'vitest';
import { alertOf, escalated, NOON, resolved } from './alerts.ts';
import { topicsInMemory } from './sink-world.ts';
import { patient, type StormRig } from './storm-rig.ts';
import { useStorm } from './use-storm.ts';

const topics = await topicsInMemory();
let it: StormRig;
const start = useStorm(topics);
/** Two pages of a patient are taken back, of which the rate lets one through. */
async function oneOfTwo(): Promise<void> {
  it = await start();
  it.member({ rate: 6 });
  for (const alert of [alertOf(), escalated()]) {
    it.world.append(it.time.now, alert);
    await it.carriedOut();
  }
  it.world.append(it.time.now, patient(1, NOON), patient(2, NOON));
  await it.carriedOut();
  it.world.append(it.time.now, resolved({ peak: 3 }));
  await it.until(() => it.server.taken.length === 5);
}

const times = (): number[] => it.server.requests.map(({ at }) => at - NOON);
const last = (): string | undefined => it.server.taken.at(-1)?.event_action;

test('a page is taken back at once when an alert of the patient waits behind it', async () => {
  await oneOfTwo();
  await it.pass(5_000);
  expect(it.server.taken).toHaveLength(5);
  const asked = it.time.now;
  it.world.append(asked, alertOf({ alertId: 'b1'.repeat(32), score: 3, peak: 3 }));
  await it.until(() => it.server.taken.length === 6);
  expect(last()).toBe('resolve');
  expect(it.time.now - asked).toBeLessThan(2_000);
  await it.carriedOut();
});

test('and waits for its time when nothing does, or what is over', async () => {
  await oneOfTwo();
  it.world.append(it.time.now, resolved({ peak: 3 }));
  await it.until(() => it.server.taken.length === 6);
  expect([last(), times().at(-1)! >= 60_000]).toEqual(['resolve', true]);
});
