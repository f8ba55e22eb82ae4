import { answerTo, type Case } from './case.ts';
import { at, come, GROUP, generationOf, joined, shares, two } from './group-clients.ts';
import type { Joined } from './world.ts';

/** Kafka's own cases of static members (KIP-345). */
export const staticMemberCases: readonly Case[] = [
  {
    name: 'a static member that comes back: same generation, same partitions, and the old one is fenced in all it asks for',
    play: async (world, note) => {
      const slots = [{ instanceId: 'slot-a' }, { instanceId: 'slot-b' }] as const;
      const [a, b] = await two(world, slots);
      const back = await joined(world, slots[1]);
      await note('generation', Promise.resolve(back.generation - b.generation));
      await note('share', shares(world, back));
      await note('the other', world.heartbeat(GROUP, a));
      await note('old: beat', world.heartbeat(GROUP, b));
      await note('old: sync', answerTo(world.sync(GROUP, b)));
      await note('old: commit', world.commitOffset(GROUP, b, at(1)));
      await note('old: join', answerTo(come(world, { ...slots[1], as: b })));
      await note('old: leave', world.leave(GROUP, b));
      await note('new: commit', world.commitOffset(GROUP, back, at(2)));
      await note('new: leave', world.leave(GROUP, back));
      await note('the other then', world.heartbeat(GROUP, a));
    },
  },
  {
    name: 'a static leader that comes back, and one that comes back before it knew its share',
    play: async (world, note) => {
      const slots = [{ instanceId: 'slot-a' }, { instanceId: 'slot-b' }] as const;
      const [a, b] = await two(world, slots);
      const back = await joined(world, slots[0]);
      await note('generation', Promise.resolve(back.generation - a.generation));
      await note('share', shares(world, back));
      await note('the other', world.heartbeat(GROUP, b));
      const third = come(world, { instanceId: 'slot-c' });
      await third.entered;
      const all = [come(world, { ...slots[0], as: back }), come(world, { ...slots[1], as: b }), third];
      const [lead, follow] = await Promise.all(all.map((one) => answerTo(one)));
      await note('three', Promise.resolve([lead?.generation, follow?.generation]));
      const early = come(world, slots[1]);
      await early.entered;
      await note('the leader is told', world.heartbeat(GROUP, { ...(lead as Joined), instanceId: 'slot-a' }));
    },
  },
  {
    name: 'a static member that is replaced while it waits to be let in',
    play: async (world, note) => {
      const slots = [{ instanceId: 'slot-a' }, { instanceId: 'slot-b' }] as const;
      const a = await joined(world, slots[0]);
      await shares(world, a);
      const first = come(world, slots[1]);
      await first.entered;
      const second = come(world, slots[1]);
      await note('first', answerTo(first).then(generationOf));
      const again = answerTo(come(world, { ...slots[0], as: a }));
      await note('second', answerTo(second).then(generationOf));
      await note('a', again.then(generationOf));
    },
  },
];
