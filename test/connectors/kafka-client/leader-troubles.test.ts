import { beforeEach, describe, expect, test } from 'vitest';
import type { Fetched } from '../../../connectors/kafka-client/reads.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { FetchingRig, LIMITS, settled } from './fetching-rig.ts';

let rig: FetchingRig;
beforeEach(() => {
  rig = new FetchingRig();
});

const away = () => new StreamsError('broker-unavailable', 'It is away.');

describe('a leader in trouble', () => {
  test('that is being found is asked with pauses, said after two seconds and then each second', async () => {
    let said = 0;
    const began = rig.clock.now();
    let requests = 0;
    while (rig.clock.now() - began < 5_500) {
      void rig.fetching.wait(LIMITS);
      await settled();
      while (rig.asked.some(({ node }) => node === 1)) {
        requests++;
        rig.to(1).fail(away());
        await settled();
      }
      await rig.pass(20);
      try {
        rig.fetching.take();
      } catch (error) {
        expect(error).toMatchObject({ code: 'broker-unavailable' });
        expect(rig.clock.now() - began).toBeGreaterThanOrEqual(2_000);
        said++;
      }
    }
    expect(said).toBe(4);
    // At most one in 80 ms once the pause has grown, and each time the cluster is asked anew.
    expect(requests).toBeLessThan(80);
    expect(rig.forgotten).toBe(requests);
  });

  test('is asked again also by who waits a second, or longer, behind each time that it is said', async () => {
    let there = false;
    const got: Fetched[] = [];
    for (let round = 0; round < 100 && got.length === 0; round++) {
      const over = rig.fetching.wait(LIMITS);
      await settled();
      for (const { node } of rig.asked.slice())
        if (node === 1 && !there) rig.to(1).fail(away());
        else if (node === 1) rig.answer(1);
      await rig.pass(200);
      await over;
      try {
        got.push(...rig.fetching.take());
      } catch (error) {
        expect(error).toMatchObject({ code: 'broker-unavailable' });
        await rig.pass(round % 2 === 0 ? 1_000 : 1_500);
      }
      there = round > 60;
    }
    expect(got).toMatchObject([{ partition: 0, nextOffset: 1 }]);
  });

  test('holds up nobody: what another gives comes between two times that it is said, however long is paused behind each', async () => {
    let [said, got] = [0, 0];
    for (let round = 0; round < 60; round++) {
      const over = rig.fetching.wait(LIMITS);
      await settled();
      for (const { node } of rig.asked.slice())
        if (node === 1) rig.to(1).fail(away());
        else rig.answer(2);
      await rig.pass(100);
      await over;
      try {
        got += rig.fetching.take().length;
      } catch {
        said++;
        await rig.pass(1_500);
      }
    }
    expect(said).toBeGreaterThan(10);
    expect(got).toBeGreaterThan(said);
  });

  test('that is asked again and hangs is waited for, and not looked at again and again', async () => {
    void rig.fetching.wait(LIMITS);
    await settled();
    rig.to(1).fail(away());
    await rig.pass(100);
    // Now it hangs, and so does the other.
    expect(new Set(rig.asked.map(({ node }) => node))).toEqual(new Set([1, 2]));
    const before = rig.looked;
    expect(await rig.poll()).toEqual([]);
    expect(rig.looked - before).toBeLessThan(5);
  });

  test('that was found is forgotten to be in trouble', async () => {
    void rig.fetching.wait(LIMITS);
    await settled();
    rig.to(1).fail(away());
    rig.leaders = [2, 2];
    await settled();
    await rig.pass(3_000);
    // Its partition is asked of the other leader, in the next request.
    const waited = rig.fetching.wait(LIMITS);
    await settled();
    rig.answer(2);
    await waited;
    expect(rig.fetching.take()).toMatchObject([{ partition: 1 }]);
    const again = rig.fetching.wait(LIMITS);
    await settled();
    rig.answer(2);
    await again;
    expect(rig.fetching.take().map(({ partition }) => partition)).toEqual([0, 1]);
  });
});
