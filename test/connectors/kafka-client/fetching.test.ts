import { beforeEach, describe, expect, test } from 'vitest';
import { StreamsError } from '../../../topology/model/errors.ts';
import { at, FetchingRig, LIMITS, recordsOf, settled } from './fetching-rig.ts';

let rig: FetchingRig;
beforeEach(() => {
  rig = new FetchingRig();
});

describe('fetching', () => {
  test('a partition that was served is asked for behind those that were not: a full one cannot starve them', async () => {
    rig.leaders = [1, 1];
    const order: number[][] = [];
    for (let round = 0; round < 4; round++) {
      const waited = rig.fetching.wait(LIMITS);
      await settled();
      const { positions, answer: give } = rig.to(1);
      order.push(positions.map((position) => position.at.partition));
      // The leader fills its answer with the first.
      give(positions.slice(0, 1).map((position) => recordsOf(position, 1)));
      await waited;
      rig.fetching.take();
    }
    expect(order).toEqual([
      [0, 1],
      [1, 0],
      [0, 1],
      [1, 0],
    ]);
  });

  test('what one leader gives is there although another hangs, which is not asked twice', async () => {
    const waited = rig.fetching.wait(LIMITS);
    await settled();
    rig.answer(1);
    await waited;
    expect(rig.fetching.take()).toMatchObject([{ partition: 0, nextOffset: 1 }]);
    for (let round = 1; round < 4; round++) {
      const again = rig.fetching.wait(LIMITS);
      await settled();
      rig.answer(1);
      await again;
      expect(rig.fetching.take()).toMatchObject([{ partition: 0, nextOffset: round + 1 }]);
    }
    // The one request to the second leader is still under way.
    expect(rig.asked.map(({ node }) => node)).toEqual([2]);
  });

  test('a wait ends with its time although a leader hangs', async () => {
    expect(await rig.poll()).toEqual([]);
    expect(rig.clock.now()).toBeLessThan(1_000_000 + 500);
  });

  test('the next position bears the epoch of what was read', async () => {
    const waited = rig.fetching.wait(LIMITS);
    await settled();
    rig.answer(1, 5);
    await waited;
    rig.fetching.take();
    void rig.fetching.wait(LIMITS);
    await settled();
    expect(rig.to(1).positions).toMatchObject([{ offset: 5, epoch: 3 }]);
  });

  test('what was asked for before a seek or a pause is nobody’s, an error of it neither', async () => {
    void rig.fetching.wait(LIMITS);
    await settled();
    const [first, second] = [rig.to(1), rig.to(2)];
    rig.fetching.seek(at(0), 7);
    rig.fetching.pause(at(1));
    first.answer(
      first.positions.map((position) => ({ position, of: new StreamsError('log-truncated', 'x') })),
    );
    second.answer(second.positions.map((position) => recordsOf(position, 1)));
    await settled();
    const waited = rig.fetching.wait(LIMITS);
    await settled();
    rig.answer(1);
    await waited;
    expect(rig.fetching.take()).toMatchObject([{ partition: 0, nextOffset: 8 }]);
  });

  test('what came beside an error is given too', async () => {
    const waited = rig.fetching.wait(LIMITS);
    await settled();
    rig.answer(1);
    const other = rig.to(2);
    other.answer(
      other.positions.map((position) => ({ position, of: new StreamsError('log-truncated', 'x') })),
    );
    await waited;
    await settled();
    expect(rig.fetching.take()).toMatchObject([{ partition: 0 }]);
    expect(() => rig.fetching.take()).toThrow(expect.objectContaining({ code: 'log-truncated' }));
  });
});
