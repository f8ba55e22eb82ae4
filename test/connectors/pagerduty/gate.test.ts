import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualTime, virtualClock } from '../../../connectors/memory/simulation/virtual-time.ts';
import { type Call, Gate } from '../../../connectors/pagerduty/gate.ts';
import { RateWindow } from '../../../connectors/pagerduty/rate-window.ts';

const MINUTE = 60_000;
const never = new AbortController().signal;

class World {
  readonly time = new VirtualTime(0);
  readonly gate: Gate;
  readonly passed: { readonly name: string; readonly at: number; readonly call: Call }[] = [];

  constructor(rate: number) {
    this.gate = new Gate(rate, virtualClock(this.time), () => 0);
  }

  wait(name: string, urgent = false, since = 0, signal = never): void {
    void this.gate.pass({ urgent: () => urgent, since }, signal).then((call) => {
      if (call !== undefined) this.passed.push({ name, at: this.time.now, call });
    });
  }

  get names(): string[] {
    return this.passed.map(({ name }) => name);
  }

  /** Lets time pass; whoever got through is done at once, unless he is to hold it. */
  async until(at: number, done = true): Promise<void> {
    let over = false;
    this.time.after(at - this.time.now, () => {
      over = true;
    });
    for (let ended = 0; ; ) {
      await new Promise((resolve) => setImmediate(resolve));
      if (done && ended < this.passed.length) this.passed[ended++]?.call.done();
      else if (over) return;
      else this.time.step();
    }
  }
}

test('as many calls as the rate allows go at once, a sixth of it only for those who are urgent', async () => {
  const world = new World(12);
  for (let i = 0; i < 15; i++) world.wait(`r${i}`, false, i);
  await world.until(10);
  expect(world.passed).toHaveLength(10);
  for (const name of ['t1', 't2', 't3']) world.wait(name, true, 100);
  world.wait('t4', true, 99);
  await world.until(20);
  expect(world.names.slice(10)).toEqual(['t1', 't2']);
  await world.until(61_500);
  // The urgent ones first, although others wait for longer; among equals the oldest.
  expect(world.names.slice(12)).toEqual(['t4', 't3', 'r10', 'r11', 'r12', 'r13', 'r14']);
});

test('in no minute, wherever it begins, there are more calls than the rate, and those who are urgent wait for no others', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 20_000 }), fc.boolean()), { maxLength: 60 }), (asked) => {
      const window = new RateWindow(6);
      const made: { at: number; urgent: boolean }[] = [];
      let now = 0;
      for (const [later, urgent] of asked) {
        now += later;
        const at = Math.max(now, window.next(now, urgent));
        // As with a clock that has come to it.
        expect(window.next(at, urgent)).toBe(at);
        window.made(at);
        made.push({ at, urgent });
        now = at;
      }
      for (const { at } of made)
        expect(made.filter((one) => one.at >= at && one.at < at + MINUTE).length).toBeLessThanOrEqual(6);
    }),
  );
});

test('whether somebody is urgent is asked when a call may be made', async () => {
  const world = new World(6);
  for (let i = 0; i < 5; i++) world.wait(`r${i}`);
  await world.until(10);
  let worse = false;
  void world.gate.pass({ urgent: () => worse, since: 9 }, never).then((call) => {
    if (call !== undefined) world.passed.push({ name: 'got worse', at: world.time.now, call });
  });
  world.wait('r5', false, 1);
  await world.until(1_000);
  expect(world.passed).toHaveLength(5);
  worse = true;
  await world.until(62_000);
  expect(world.names.slice(5)).toEqual(['got worse', 'r5']);
});

test('who comes to be urgent while others wait goes within a second', async () => {
  const world = new World(6);
  for (let i = 0; i < 5; i++) world.wait(`r${i}`);
  await world.until(10);
  let worse = false;
  void world.gate.pass({ urgent: () => worse, since: 9 }, never).then((call) => {
    if (call !== undefined) world.passed.push({ name: 'got worse', at: world.time.now, call });
  });
  await world.until(20_500, false);
  expect(world.passed).toHaveLength(5);
  worse = true;
  // Nothing happens here meanwhile that would make it look.
  await world.until(21_600, false);
  expect(world.names.slice(5)).toEqual(['got worse']);
});

test('after a failure one at a time tries, with pauses that grow, until it is answered', async () => {
  const world = new World(120);
  for (let i = 0; i < 8; i++) world.wait(`w${i}`);
  await world.until(1, false);
  expect(world.passed).toHaveLength(8);
  // All that were under way fail: that is one failure.
  for (const { call } of world.passed.splice(0)) call.failed(undefined);
  for (let i = 0; i < 20; i++) world.wait(`n${i}`);
  const at: number[] = [];
  for (let i = 0; i < 4; i++) {
    await world.until(world.time.now + 40_000, false);
    expect(world.passed).toHaveLength(1);
    const [one] = world.passed.splice(0);
    at.push(Math.round(one!.at - (at.at(-1) ?? 0)));
    if (i < 3) one!.call.failed(i === 2 ? 30_000 : undefined);
    else one!.call.done();
  }
  expect(at[0]).toBe(151);
  await world.until(world.time.now + 1, false);
  expect(world.passed.length).toBe(8);
});

test('from the third failure on every other call asks; whoever fails alone makes nobody wait', async () => {
  const world = new World(120);
  const asked: boolean[] = [];
  for (let i = 0; i < 8; i++) {
    world.wait(`w${i}`);
    await world.until(world.time.now + 40_000, false);
    const [one] = world.passed.splice(0);
    asked.push(one!.call.asks);
    expect(one!.call.works).toBe(false);
    if (i < 7) one!.call.failed(undefined);
    else one!.call.done();
  }
  expect(asked).toEqual([false, false, false, true, false, true, false, true]);
  world.wait('a');
  world.wait('b');
  await world.until(world.time.now + 1, false);
  expect(world.passed.map(({ call: { works, asks } }) => [works, asks])).toEqual([
    [true, false],
    [true, false],
  ]);
  for (const { call } of world.passed.splice(0)) call.saysNothing();
  for (let i = 0; i < 9; i++) world.wait(`n${i}`);
  await world.until(world.time.now + 1, false);
  expect(world.passed).toHaveLength(8);
});

test('a pause that somebody asks for is kept', async () => {
  const world = new World(120);
  world.wait('a');
  await world.until(1, false);
  world.passed[0]?.call.failed(90_000);
  world.wait('b');
  await world.until(90_000, false);
  expect(world.names).toEqual(['a']);
  await world.until(91_000, false);
  expect(world.names).toEqual(['a', 'b']);
});

test('a pause that somebody asks for is kept when what was under way beside it is accepted', async () => {
  const world = new World(120);
  world.wait('a');
  world.wait('b');
  await world.until(1, false);
  world.passed[0]?.call.failed(90_000);
  world.passed[1]?.call.done();
  world.wait('c');
  world.wait('d');
  await world.until(90_000, false);
  expect(world.names).toEqual(['a', 'b']);
  // One tries, and what it is told holds for all.
  await world.until(91_000, false);
  expect(world.names).toEqual(['a', 'b', 'c']);
  world.passed[2]?.call.done();
  await world.until(91_001, false);
  expect(world.names).toEqual(['a', 'b', 'c', 'd']);
});

test('who is told to stop waits no more, and a call that was not made counts for nothing', async () => {
  const world = new World(6);
  const stop = new AbortController();
  for (let i = 0; i < 5; i++) world.wait(`r${i}`, false, i);
  await world.until(1);
  world.wait('stopped', false, 0, stop.signal);
  world.wait('next', false, 9);
  stop.abort();
  await world.until(62_000);
  expect(world.names.slice(5)).toEqual(['next']);
  expect(await world.gate.pass({ urgent: () => true, since: 0 }, AbortSignal.abort())).toBeUndefined();

  const other = new World(2);
  other.wait('a', true);
  await other.until(1, false);
  other.passed[0]?.call.unused();
  other.wait('b', true);
  other.wait('c', true);
  await other.until(2, false);
  expect(other.names).toEqual(['a', 'b', 'c']);
});
