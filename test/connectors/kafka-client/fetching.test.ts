import { beforeEach, describe, expect, test } from 'vitest';
import { type Arrived, Fetching, type Position } from '../../../connectors/kafka-client/fetching.ts';
import type { Fetched } from '../../../connectors/kafka-client/reads.ts';
import { ManualClock } from '../../../connectors/memory/clocks.ts';
import { StreamsError } from '../../../topology/model/errors.ts';

const LIMITS = { maxBytes: 1_000, waitMs: 50 };
const at = (partition: number) => ({ topic: 't', partition });

/** A request that waits for its answer. */
interface Asked {
  readonly node: number;
  readonly positions: readonly Position[];
  readonly answer: (arrived: readonly Arrived[]) => void;
  readonly fail: (error: Error) => void;
}

let clock: ManualClock;
let leaders: number[];
let asked: Asked[];
let forgotten: number;
let fetching: Fetching;
beforeEach(() => {
  clock = new ManualClock(1_000_000);
  leaders = [1, 2];
  asked = [];
  forgotten = 0;
  const cluster = {
    topic: () => Promise.resolve({ leaders }),
    told: <R>(work: () => Promise<R>) => work(),
    forget: () => void forgotten++,
  };
  fetching = new Fetching(cluster, clock, (node, positions) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Arrived[]>();
    asked.push({ node, positions, answer: resolve, fail: reject });
    return promise;
  });
  fetching.seek(at(0), 0);
  fetching.seek(at(1), 0);
});

/** All that can happen at this time has happened. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10) {
    clock.moveTo(clock.now() + Math.min(10, left));
    await settled();
  }
}

const recordsOf = (position: Position, count: number): Arrived => ({
  position,
  of: {
    runs: [{ from: position.offset, count, records: () => [] }],
    end: position.offset + count,
    nextOffset: position.offset + count,
    bytes: 100 * count,
    epoch: 3,
  },
});

/** The request to the node that waits. */
function to(node: number): Asked {
  const i = asked.findIndex((one) => one.node === node);
  const [found] = i < 0 ? [] : asked.splice(i, 1);
  if (found === undefined) throw new Error(`Node ${node} was not asked.`);
  return found;
}

function answer(node: number, count = 1): void {
  const { positions, answer: give } = to(node);
  give(positions.map((position) => recordsOf(position, count)));
}

async function poll(): Promise<Fetched[]> {
  let over = false;
  const waited = fetching.wait(LIMITS).then(() => (over = true));
  for (let i = 0; i < 50 && !over; i++) {
    await settled();
    if (!over) clock.moveTo(clock.now() + 10);
  }
  await waited;
  return fetching.take();
}

const away = () => new StreamsError('broker-unavailable', 'It is away.');

describe('fetching', () => {
  test('a partition that was served is asked for behind those that were not: a full one cannot starve them', async () => {
    leaders = [1, 1];
    const order: number[][] = [];
    for (let round = 0; round < 4; round++) {
      const waited = fetching.wait(LIMITS);
      await settled();
      const { positions, answer: give } = to(1);
      order.push(positions.map((position) => position.at.partition));
      // The leader fills its answer with the first.
      give(positions.slice(0, 1).map((position) => recordsOf(position, 1)));
      await waited;
      fetching.take();
    }
    expect(order).toEqual([
      [0, 1],
      [1, 0],
      [0, 1],
      [1, 0],
    ]);
  });

  test('what one leader gives is there although another hangs, which is not asked twice', async () => {
    const waited = fetching.wait(LIMITS);
    await settled();
    answer(1);
    await waited;
    expect(fetching.take()).toMatchObject([{ partition: 0, nextOffset: 1 }]);
    for (let round = 1; round < 4; round++) {
      const again = fetching.wait(LIMITS);
      await settled();
      answer(1);
      await again;
      expect(fetching.take()).toMatchObject([{ partition: 0, nextOffset: round + 1 }]);
    }
    // The one request to the second leader is still under way.
    expect(asked.map(({ node }) => node)).toEqual([2]);
  });

  test('a wait ends with its time although a leader hangs', async () => {
    expect(await poll()).toEqual([]);
    expect(clock.now()).toBeLessThan(1_000_000 + 500);
  });

  test('the next position bears the epoch of what was read', async () => {
    const waited = fetching.wait(LIMITS);
    await settled();
    answer(1, 5);
    await waited;
    fetching.take();
    void fetching.wait(LIMITS);
    await settled();
    expect(to(1).positions).toMatchObject([{ offset: 5, epoch: 3 }]);
  });

  test('what was asked for before a seek or a pause is nobody’s, an error of it neither', async () => {
    void fetching.wait(LIMITS);
    await settled();
    const [first, second] = [to(1), to(2)];
    fetching.seek(at(0), 7);
    fetching.pause(at(1));
    first.answer(
      first.positions.map((position) => ({ position, of: new StreamsError('log-truncated', 'x') })),
    );
    second.answer(second.positions.map((position) => recordsOf(position, 1)));
    await settled();
    const waited = fetching.wait(LIMITS);
    await settled();
    answer(1);
    await waited;
    expect(fetching.take()).toMatchObject([{ partition: 0, nextOffset: 8 }]);
  });

  test('what came beside an error is given too', async () => {
    const waited = fetching.wait(LIMITS);
    await settled();
    answer(1);
    const other = to(2);
    other.answer(
      other.positions.map((position) => ({ position, of: new StreamsError('log-truncated', 'x') })),
    );
    await waited;
    await settled();
    expect(fetching.take()).toMatchObject([{ partition: 0 }]);
    expect(() => fetching.take()).toThrow(expect.objectContaining({ code: 'log-truncated' }));
  });

  test('a leader that is being found is asked with pauses, said after two seconds and then each second', async () => {
    let said = 0;
    const began = clock.now();
    let requests = 0;
    while (clock.now() - began < 5_500) {
      void fetching.wait(LIMITS);
      await settled();
      while (asked.some(({ node }) => node === 1)) {
        requests++;
        to(1).fail(away());
        await settled();
      }
      await pass(20);
      try {
        fetching.take();
      } catch (error) {
        expect(error).toMatchObject({ code: 'broker-unavailable' });
        expect(clock.now() - began).toBeGreaterThanOrEqual(2_000);
        said++;
      }
    }
    expect(said).toBe(4);
    // At most one in 80 ms once the pause has grown, and each time the cluster is asked anew.
    expect(requests).toBeLessThan(80);
    expect(forgotten).toBe(requests);
  });

  test('a leader is asked again also by who waits a second, or longer, behind each time that it is said', async () => {
    let there = false;
    const got: Fetched[] = [];
    for (let round = 0; round < 100 && got.length === 0; round++) {
      const over = fetching.wait(LIMITS);
      await settled();
      for (const { node } of asked.slice())
        if (node === 1 && !there) to(1).fail(away());
        else if (node === 1) answer(1);
      await pass(200);
      await over;
      try {
        got.push(...fetching.take());
      } catch (error) {
        expect(error).toMatchObject({ code: 'broker-unavailable' });
        await pass(round % 2 === 0 ? 1_000 : 1_500);
      }
      there = round > 60;
    }
    expect(got).toMatchObject([{ partition: 0, nextOffset: 1 }]);
  });

  test('what another gives comes between two times that a leader is said, however long is paused behind each', async () => {
    let [said, got] = [0, 0];
    for (let round = 0; round < 60; round++) {
      const over = fetching.wait(LIMITS);
      await settled();
      for (const { node } of asked.slice())
        if (node === 1) to(1).fail(away());
        else answer(2);
      await pass(100);
      await over;
      try {
        got += fetching.take().length;
      } catch {
        said++;
        await pass(1_500);
      }
    }
    expect(said).toBeGreaterThan(10);
    expect(got).toBeGreaterThan(said);
  });

  test('a leader that was found is forgotten to be in trouble', async () => {
    void fetching.wait(LIMITS);
    await settled();
    to(1).fail(away());
    leaders = [2, 2];
    await settled();
    await pass(3_000);
    // Its partition is asked of the other leader, in the next request.
    const waited = fetching.wait(LIMITS);
    await settled();
    answer(2);
    await waited;
    expect(fetching.take()).toMatchObject([{ partition: 1 }]);
    const again = fetching.wait(LIMITS);
    await settled();
    answer(2);
    await again;
    expect(fetching.take().map(({ partition }) => partition)).toEqual([0, 1]);
  });
});
