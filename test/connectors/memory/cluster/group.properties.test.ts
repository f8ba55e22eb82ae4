import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Client, stableGroup } from './group-world.ts';

test('whatever members do, what two of them own in one generation never overlaps, and the group comes to rest', () => {
  const act = fc.record({
    who: fc.nat({ max: 3 }),
    what: fc.constantFrom('join', 'sync', 'heartbeat', 'leave', 'restart'),
    wait: fc.nat({ max: 4_000 }),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
      const { group, clients } = stableGroup(['', '', 's1', 's2']);
      let now = 0;
      let { generation } = group;
      for (const { who, what, wait } of acts) {
        now += wait;
        group.tick(now);
        const client = clients[who] as Client;
        if (what === 'restart') {
          clients[who] = new Client(group, who < 2 ? undefined : `s${who - 1}`).join(now);
        } else client[what](now);
        if (client.answer.endsWith('fenced')) client.memberId = null;
        expect(group.generation).toBeGreaterThanOrEqual(generation);
        generation = group.generation;
        const owners = clients.filter((one) => one.answer === 'synced' && one.commit(true) === 'ok');
        const owned = owners.flatMap(({ partitions }) => partitions);
        expect(new Set(owned).size).toBe(owned.length);
      }
      // Everybody is well again: joins when told to, syncs what it joined.
      for (let step = 0; step < 100; step++) {
        now += 500;
        group.tick(now);
        for (const client of clients) {
          const heard = client.heartbeat(now);
          if (client.answer === '') continue;
          if (heard.endsWith('fenced')) client.memberId = null;
          if (heard !== 'ok') client.join(now);
          else if (client.answer !== 'synced') client.sync(now);
        }
      }
      expect(group.state).toBe('stable');
      expect(clients.flatMap(({ partitions }) => partitions).toSorted((x, y) => x - y)).toEqual([
        0, 1, 2, 3, 4, 5,
      ]);
    }),
  );
});
