import { StreamsError } from '../../topology/model/errors.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { again, PASSING } from './again.ts';

/** Leaders of topics. */
interface Topics {
  topics(names: readonly string[]): Promise<ReadonlyMap<string, { readonly leaders: readonly number[] }>>;
}

/** Resolves when every partition of the topics has a leader: that is known to all brokers a little after they are made. */
export async function untilLed(cluster: Topics, clock: Clock, names: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const found = await again(clock, PASSING, () => cluster.topics(names));
    const led = names.every((name) => {
      const leaders = found.get(name)?.leaders ?? [];
      return leaders.length > 0 && leaders.every((leader) => leader >= 0);
    });
    if (led) return;
    await clock.sleep(milliseconds(50));
  }
  throw new StreamsError('broker-unavailable', `${names.join(', ')}: made, but without leaders.`);
}
