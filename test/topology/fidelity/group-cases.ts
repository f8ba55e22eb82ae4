import { answerTo, type Case, inTime } from './case.ts';
import { at, come, GROUP, generationOf, joined, LONG, member, shares, two } from './group-clients.ts';
import type { Committer, Joined, Pending } from './world.ts';

/** The shortest session, and wait for a rebalance, that the brokers of the tests grant. */
const SHORT = 1_000;

/** Kafka's own cases of groups. Generations and refusals are compared, and which partitions static members have. */
export const groupCases: readonly Case[] = [
  {
    name: 'a follower that joins again finds its generation, a leader begins a new one',
    play: async (world, note) => {
      const [leader, follower] = await two(world, [{}, {}]);
      await note('follower', answerTo(come(world, { as: follower })).then(generationOf));
      await note('beat', world.heartbeat(GROUP, leader));
      const again = come(world, { as: leader });
      await again.entered;
      await note('beat of the follower', world.heartbeat(GROUP, follower));
      const both = [answerTo(come(world, { as: follower })), answerTo(again)];
      await note(
        'both',
        Promise.all(both).then((answers) => answers.map(generationOf)),
      );
    },
  },
  {
    name: 'a join or a sync whose answer was lost is asked for again',
    play: async (world, note) => {
      const a = await joined(world);
      await note('join again', answerTo(come(world, { as: a })).then(generationOf));
      await note(
        'sync',
        shares(world, a).then(([own]) => own?.length),
      );
      await note(
        'sync again',
        shares(world, a).then(([own]) => own?.length),
      );
      await note('beat', world.heartbeat(GROUP, a));
    },
  },
  {
    name: 'what a stranger, and a member of an older or a newer generation, is refused with',
    play: async (world, note) => {
      const [a] = await two(world, [{}, {}]);
      for (const [name, who] of Object.entries({
        stranger: { ...a, memberId: 'stranger' },
        older: { ...a, generation: a.generation - 1 },
        newer: { ...a, generation: a.generation + 1 },
        'without a generation': { ...a, generation: -1 },
      })) {
        await note(`${name} beats`, world.heartbeat(GROUP, who));
        await note(`${name} syncs`, answerTo(world.sync(GROUP, who)));
        await note(`${name} commits`, world.commitOffset(GROUP, who, at(1)));
      }
      await note('stranger joins', answerTo(come(world, { as: { ...a, memberId: 'stranger' } })));
      await note('stranger leaves', world.leave(GROUP, { memberId: 'stranger' }));
      await note('the member still is', world.heartbeat(GROUP, a));
    },
  },
  {
    name: 'commits while the group is being joined, and before it is shared out, plain and in a transaction',
    play: async (world, note) => {
      const [a, b] = await two(world, [{}, {}]);
      const x = await world.initProducerId('x', LONG);
      const inTransaction = async (who: Committer, offset: number): Promise<void> => {
        await world.addOffsets('x', x, GROUP);
        try {
          await world.stageOffset('x', x, GROUP, who, at(offset));
        } finally {
          await world.endTransaction('x', x, true);
        }
      };
      const third = come(world);
      await third.entered;
      await note('preparing: plain', world.commitOffset(GROUP, a, at(1)));
      await note('preparing: in a transaction', inTransaction(a, 2));
      const again = [a, b].map((one) => come(world, { as: one }));
      const next = member(await answerTo(again[0] as Pending<Joined>));
      await note('completing: the old generation', world.commitOffset(GROUP, a, at(3)));
      await note('completing: the old one in a transaction', inTransaction(a, 4));
      await note('completing: the new generation', world.commitOffset(GROUP, next, at(5)));
      await note('completing: the new one in a transaction', inTransaction(next, 6));
      await note('completing: beat', world.heartbeat(GROUP, next));
      await note('offset', world.committedOffset(GROUP, 0, true));
    },
  },
  {
    name: 'a follower that waits for its share is told when the leader leaves instead',
    play: async (world, note) => {
      const [a, b] = await two(world, [{}, {}]);
      const again = come(world, { as: a });
      await again.entered;
      const follows = member(await answerTo(come(world, { as: b })));
      const leads = member(await answerTo(again));
      const waits = world.sync(GROUP, follows);
      await waits.entered;
      await note('the leader leaves', world.leave(GROUP, leads));
      await note('the follower', answerTo(waits));
      await note(
        'joins',
        joined(world, { as: follows }).then(({ generation }) => generation - b.generation),
      );
    },
  },
  {
    name: 'the last one that leaves, and who comes after it',
    play: async (world, note) => {
      const a = await joined(world);
      await shares(world, a);
      await note('commit', world.commitOffset(GROUP, a, at(4)));
      await note('leave', world.leave(GROUP, a));
      await note('leave again', world.leave(GROUP, a));
      await note('commit late', world.commitOffset(GROUP, a, at(5)));
      await note('beat', world.heartbeat(GROUP, a));
      await note('offset', world.committedOffset(GROUP, 0, true));
      await note('nobody', world.commitOffset(GROUP, { generation: -1, memberId: '' }, at(6)));
      await note('next', joined(world).then(generationOf));
      await note(
        'nobody, of a group with members',
        world.commitOffset(GROUP, { generation: -1, memberId: '' }, at(7)),
      );
    },
  },
  {
    name: 'a member that is not heard of is taken for dead, and so is a static one',
    play: async (world, note) => {
      for (const instanceId of [undefined, 'slot-b']) {
        const mortal = { session: SHORT, ...(instanceId === undefined ? {} : { instanceId }) };
        const [a, b] = await two(world, [{}, mortal]);
        const told = inTime(
          world,
          () => world.heartbeat(GROUP, a),
          (seen) => seen === 'rebalance-in-progress',
        );
        await note('the other is told', told);
        const alone = await joined(world, { as: a });
        await note('alone', Promise.resolve(alone.generation - a.generation));
        await note('the dead one beats', world.heartbeat(GROUP, b));
        await note('and commits', world.commitOffset(GROUP, b, at(1)));
        await note('leave', world.leave(GROUP, alone));
      }
    },
  },
  {
    name: 'who does not join again in time is left behind; a static member keeps its place until its session ends',
    play: async (world, note) => {
      for (const instanceId of [undefined, 'slot-b']) {
        const slow = { rebalance: SHORT, ...(instanceId === undefined ? {} : { instanceId }) };
        const [a, b] = await two(world, [{ rebalance: SHORT }, slow]);
        const third = come(world, { rebalance: SHORT });
        await third.entered;
        const again = come(world, { rebalance: SHORT, as: a });
        const answers = [third, again].map((one) =>
          inTime(
            world,
            () => Promise.resolve(one.answer?.generation),
            (seen) => seen !== undefined,
          ),
        );
        await note(
          'the others',
          Promise.all(answers).then(([one]) => Number(one) - a.generation),
        );
        await note('the slow one beats', world.heartbeat(GROUP, b));
        await note('and commits', world.commitOffset(GROUP, b, at(1)));
        for (const one of [third, again]) {
          const { memberId, generation } = await answerTo(one);
          await note('leave', world.leave(GROUP, { memberId }));
          if (instanceId !== undefined && one === again)
            await note('its place', world.heartbeat(GROUP, { ...b, generation: generation + 2 }));
        }
        await note('the slow one leaves', world.leave(GROUP, b));
      }
    },
  },
  {
    name: 'a member that was let in and never asks for its share is taken for dead',
    play: async (world, note) => {
      const a = await joined(world, { rebalance: SHORT });
      const gone = inTime(
        world,
        () => world.heartbeat(GROUP, a),
        (seen) => seen !== undefined,
      );
      await note('gone', gone);
      await note(
        'next',
        joined(world).then(({ generation }) => generation - a.generation),
      );
    },
  },
];
