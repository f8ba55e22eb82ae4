import { type Case, inTime } from './case.ts';
import type { Committer, Identity, World } from './world.ts';

const LONG = 120_000;
const NOBODY: Committer = { generation: -1, memberId: '' };
const at = (offset: number): { partition: number; offset: number } => ({ partition: 0, offset });

const send = (
  world: World,
  id: string | null,
  of: Identity,
  sequence: number,
  ...values: readonly string[]
): Promise<number> => world.produce(0, values, { ...of, transactionalId: id, sequence });

const written = async (
  world: World,
  id: string,
  of: Identity,
  sequence: number,
  value: string,
  commit: boolean,
): Promise<void> => {
  await world.addPartitions(id, of, [0]);
  await send(world, id, of, sequence, value);
  await world.endTransaction(id, of, commit);
};

/** Kafka's own cases of transactions and idempotence, by the names of what they show. */
export const transactionCases: readonly Case[] = [
  {
    name: 'committed and aborted transactions of two producers, written between each other',
    play: async (world, note) => {
      const [x, y] = [await world.initProducerId('x', LONG), await world.initProducerId('y', LONG)];
      await world.addPartitions('x', x, [0]);
      await world.addPartitions('y', y, [0]);
      await note('x', send(world, 'x', x, 0, 'x1', 'x2'));
      await note('y', send(world, 'y', y, 0, 'y1'));
      await note('between', world.produce(0, ['plain'], undefined));
      await note('x', send(world, 'x', x, 2, 'x3'));
      await note('undecided', world.look(0));
      await note('y ends', world.endTransaction('y', y, true));
      await note('one is open', world.look(0));
      await note('x ends', world.endTransaction('x', x, false));
      await note('decided', world.look(0));
      await written(world, 'x', x, 3, 'x4', true);
      await note('goes on', world.look(0));
    },
  },
  {
    name: 'an end that is said again, the other end, and an end of nothing',
    play: async (world, note) => {
      const x = await world.initProducerId('x', LONG);
      await note('nothing to commit', world.endTransaction('x', x, true));
      await note('nothing to abort', world.endTransaction('x', x, false));
      await written(world, 'x', x, 0, 'a', true);
      await note('committed again', world.endTransaction('x', x, true));
      await note('aborted after that', world.endTransaction('x', x, false));
      await written(world, 'x', x, 1, 'b', false);
      await note('aborted again', world.endTransaction('x', x, false));
      await note('committed after that', world.endTransaction('x', x, true));
      await note('then', world.look(0));
    },
  },
  {
    name: 'an older producer is fenced in everything it asks for',
    play: async (world, note) => {
      const old = await world.initProducerId('x', LONG);
      await world.addPartitions('x', old, [0]);
      await world.addOffsets('x', old, 'g');
      await note('old', send(world, 'x', old, 0, 'old'));
      await note('its offset', world.stageOffset('x', old, 'g', NOBODY, at(3)));
      const young = await note(
        'young',
        world.initProducerId('x', LONG).then(({ epoch }) => epoch),
      );
      await note('partition', world.addPartitions('x', old, [1]));
      await note('group', world.addOffsets('x', old, 'h'));
      await note('batch', send(world, 'x', old, 1, 'zombie'));
      await note('offset', world.stageOffset('x', old, 'g', NOBODY, at(4)));
      await note('end', world.endTransaction('x', old, true));
      await note('its offset was', world.committedOffset('g', 0, true));
      await note('then', world.look(0));
      await note('of all epochs', Promise.resolve(young));
    },
  },
  {
    name: 'an older producer cannot write into the transaction of the newer one',
    play: async (world, note) => {
      const old = await world.initProducerId('x', LONG);
      const young = await world.initProducerId('x', LONG);
      await world.addPartitions('x', young, [0]);
      await world.addOffsets('x', young, 'g');
      await note('young', send(world, 'x', young, 0, 'young'));
      await note('its offset', world.stageOffset('x', young, 'g', NOBODY, at(3)));
      await note('batch', send(world, 'x', old, 0, 'zombie'));
      await note('offset', world.stageOffset('x', old, 'g', NOBODY, at(9)));
      await note('end', world.endTransaction('x', young, true));
      await note('offset then', world.committedOffset('g', 0, true));
      await note('then', world.look(0));
    },
  },
  {
    name: 'a producer that nobody knows',
    play: async (world, note) => {
      const nobody = { producerId: 999_999, epoch: 0 };
      await note('partition', world.addPartitions('x', nobody, [0]));
      await note('batch', send(world, 'x', nobody, 0, 'a'));
      await note('end', world.endTransaction('x', nobody, true));
      const x = await world.initProducerId('x', LONG);
      await note('partition in the name of x', world.addPartitions('x', { ...x, producerId: 999_999 }, [0]));
      await note('epoch that is to come', world.addPartitions('x', { ...x, epoch: x.epoch + 1 }, [0]));
      await note('then', world.look(0));
    },
  },
  {
    name: 'a batch that comes again: one of the last five, an older one, and one before which something is missing',
    play: async (world, note) => {
      const p = await world.initProducerId(null, LONG);
      for (let i = 0; i < 7; i++) await note(`batch ${i}`, send(world, null, p, i, `v${i}`));
      for (const i of [6, 2, 1, 0]) await note(`batch ${i} again`, send(world, null, p, i, `v${i}`));
      await note('gap', send(world, null, p, 9, 'v9'));
      await note('next', send(world, null, p, 7, 'v7'));
      await note('then', world.look(0));
    },
  },
  {
    name: 'a new epoch counts from zero, and nothing else',
    play: async (world, note) => {
      const first = await world.initProducerId('x', LONG);
      await written(world, 'x', first, 0, 'a', true);
      const second = await world.initProducerId('x', LONG);
      await world.addPartitions('x', second, [0]);
      await note('goes on counting', send(world, 'x', second, 1, 'b'));
      await note('from zero', send(world, 'x', second, 0, 'c'));
      await note('end', world.endTransaction('x', second, true));
      await note('then', world.look(0));
    },
  },
  {
    name: 'a batch of a transaction that comes again when that is over',
    play: async (world, note) => {
      const x = await world.initProducerId('x', LONG);
      await written(world, 'x', x, 0, 'a', true);
      await note('again', send(world, 'x', x, 0, 'a'));
      await note('then', world.look(0));
    },
  },
  {
    name: 'a plain batch inside the transaction of its producer',
    play: async (world, note) => {
      const x = await world.initProducerId('x', LONG);
      await world.addPartitions('x', x, [0]);
      await note('in it', send(world, 'x', x, 0, 'a'));
      await note('plain', world.produce(0, ['b'], { ...x, transactionalId: null, sequence: 1 }));
      await note('end', world.endTransaction('x', x, true));
      await note('then', world.look(0));
    },
  },
  {
    name: 'offsets of a transaction: read stable or not, overtaken by plain ones, and gone with an abort',
    play: async (world, note) => {
      const x = await world.initProducerId('x', LONG);
      await note('first', world.commitOffset('g', NOBODY, at(1)));
      for (const [offset, commit] of [
        [5, true],
        [8, false],
      ] as const) {
        await world.addOffsets('x', x, 'g');
        await note(`${offset}`, world.stageOffset('x', x, 'g', NOBODY, at(offset)));
        await note('stable', world.committedOffset('g', 0, true));
        await note('unstable', world.committedOffset('g', 0, false));
        await note('of another partition', world.committedOffset('g', 1, true));
        if (!commit) await note('plain', world.commitOffset('g', NOBODY, at(6)));
        await note('end', world.endTransaction('x', x, commit));
        await note('then', world.committedOffset('g', 0, true));
      }
      await world.addOffsets('x', x, 'g');
      await note('staged before', world.stageOffset('x', x, 'g', NOBODY, at(20)));
      await note('a plain one behind it', world.commitOffset('g', NOBODY, at(10)));
      await note('end', world.endTransaction('x', x, true));
      await note('the later one stands', world.committedOffset('g', 0, true));
    },
  },
  {
    name: 'deleted records: inside of an open transaction, inside of an aborted one, and all of them',
    play: async (world, note) => {
      const x = await world.initProducerId('x', LONG);
      await world.addPartitions('x', x, [0]);
      await note('a', send(world, 'x', x, 0, 'a1', 'a2', 'a3'));
      await note('plain', world.produce(0, ['plain'], undefined));
      await note('in the open one', world.deleteRecords(0, 2));
      await note('then', world.look(0));
      await note('end', world.endTransaction('x', x, false));
      await note('aborted', world.look(0));
      await note('all', world.deleteRecords(0, 5));
      await note('nothing', world.look(0));
      await note('more than there is', world.deleteRecords(0, 50));
      await written(world, 'x', x, 3, 'b', true);
      await note('goes on', world.look(0));
    },
  },
  {
    name: 'a transaction that is open for too long is aborted, and its producer fenced',
    play: async (world, note) => {
      const x = await world.initProducerId('x', 1_000);
      await world.addPartitions('x', x, [0]);
      await world.addOffsets('x', x, 'g');
      await note('in it', send(world, 'x', x, 0, 'late'));
      await note('its offset', world.stageOffset('x', x, 'g', NOBODY, at(7)));
      const decided = inTime(
        world,
        () => world.look(0),
        (seen) => typeof seen === 'object' && seen.stableEnd === 2,
      );
      await note('decided', decided);
      await note(
        'offset',
        inTime(
          world,
          () => world.committedOffset('g', 0, true),
          (seen) => seen === undefined,
        ),
      );
      await note('more', send(world, 'x', x, 1, 'later'));
      await note('end', world.endTransaction('x', x, true));
      const y = await world.initProducerId('x', LONG);
      await written(world, 'x', y, 0, 'anew', true);
      await note('then', world.look(0));
    },
  },
];
