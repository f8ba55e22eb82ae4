import { map, mergeMap, of } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { topology } from '../../../topology/dsl/topology.ts';
import { type Codec, text } from '../../../topology/model/codec.ts';
import { DeadLetter, Ignored } from '../../../topology/model/outcome.ts';
import type { Fold } from '../../../topology/model/step.ts';
import { type Store, store } from '../../../topology/model/store.ts';
import { type Instant, instant, minutes } from '../../../topology/model/time.ts';
import { type Topic, topic } from '../../../topology/model/topic.ts';
import { type TopologyTestDriver, topologyTestDriver } from '../../../topology/testing/testing.ts';

const json = <T>(name: string): Codec<T> => ({
  name,
  encode: (value) => text.encode(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(text.decode(bytes)) as T,
});

interface Visit {
  readonly door: string;
  readonly at: number;
}

const visits: Topic<Visit> = topic('visits', json('visit'));
const byDoor: Topic<Visit> = topic('visits.by-door', json('visit'), { internal: true });
const quiet: Topic<string> = topic('quiet', text);
const last: Store<number> = store('last', json('at'), 1);

/** The operator under test: says that a door is quiet when nobody came through for a minute. */
const quietDoors: Fold<number, Visit, string> = {
  step: (state, { value }) => [Math.max(state ?? 0, value.at), []],
  due: (state): Instant => instant(state + minutes(1)),
  onTick: (_state, key) => [undefined, [`${key} is quiet`]],
};

const doors = topology('doors')
  .source('visits', [visits])
  .stage(
    'check',
    mergeMap(({ value }) => {
      if (value === null) return of(new Ignored('tombstone'));
      return value.door === '' ? of(new DeadLetter('no-door', '$.door')) : of(value);
    }),
  )
  .repartition('by-door', byDoor, ({ door }) => door, {
    ticks: {
      every: minutes(1),
      valueAt: (at) => ({ door: '', at }),
      timeOf: ({ door, at }) => (door === '' ? instant(at) : undefined),
    },
  })
  .fold('quiet-doors', last, quietDoors)
  .to('quiet', quiet);

let driver: TopologyTestDriver;
afterEach(() => driver.close());

describe.each([
  [1, 1],
  [4, 2],
  [3, 5],
])('a small operator in the test driver, with %i partitions and %i instances', (partitions, instances) => {
  const started = (): TopologyTestDriver =>
    (driver = topologyTestDriver(doors, { partitions, instances, start: instant(600_000) }));

  test('reads what was piped in, shows its state, and speaks when time passes', async () => {
    started();
    await driver.pipe(visits, { key: 'x', value: { door: 'north', at: 600_000 } });
    await driver.pipe(visits, { value: { door: 'south', at: 640_000 } });
    await driver.run();
    expect(driver.state(last, 'north')).toBe(600_000);
    expect(driver.state(last, 'east')).toBeUndefined();
    expect(driver.read(quiet)).toEqual([]);

    await driver.tick(minutes(1));
    expect(driver.read(quiet)).toMatchObject([{ key: 'north', value: 'north is quiet' }]);
    await driver.tick(minutes(1));
    expect(driver.read(quiet).map(({ value }) => value)).toEqual(['south is quiet']);
    expect(driver.read(quiet)).toEqual([]);
    expect(driver.state(last, 'north')).toBeUndefined();
  });

  test('shows what was refused as it was received, and what was ignored', async () => {
    started();
    const headers = { source: text.encode('gate') };
    await driver.pipe(visits, { key: 'x', value: { door: '', at: 1 }, headers, partition: partitions - 1 });
    await driver.pipe(visits, { bytes: text.encode('{"door"') });
    await driver.pipe(visits, { bytes: null });
    await driver.pipe(visits, { bytes: null });
    await driver.run();
    const letters = driver.deadLetters();
    expect(letters).toHaveLength(2);
    expect(letters.find(({ step }) => step === 'check')).toMatchObject({
      reason: 'no-door',
      detail: '$.door',
      topic: 'visits',
      partition: partitions - 1,
      key: text.encode('x'),
      value: text.encode('{"door":"","at":1}'),
      headers,
    });
    expect(letters.find(({ step }) => step === 'visits')).toMatchObject({
      reason: 'step-failed',
      value: text.encode('{"door"'),
      headers: {},
    });
    expect(driver.deadLetters()).toEqual([]);
    expect(driver.ignored()).toEqual([{ step: 'check', reason: 'tombstone', count: 2 }]);
  });

  test('a crash loses nothing and doubles nothing', async () => {
    started();
    await driver.pipe(visits, { value: { door: 'north', at: 600_000 } });
    await driver.run();
    await driver.pipe(visits, { value: { door: 'south', at: 600_000 } });
    driver.crash();
    expect(driver.state(last, 'north')).toBeUndefined();
    driver.restart();
    await driver.run();
    expect([driver.state(last, 'north'), driver.state(last, 'south')]).toEqual([600_000, 600_000]);
    await driver.tick(minutes(2));
    expect(
      driver
        .read(quiet)
        .map(({ value }) => String(value))
        .toSorted(),
    ).toEqual(['north is quiet', 'south is quiet']);
  });
});

describe('the test driver', () => {
  test('says what ended a worker', async () => {
    driver = topologyTestDriver(doors);
    driver.crash();
    const broken = topologyTestDriver(
      topology('broken')
        .source('visits', [visits])
        .stage(
          'x',
          map(() => ({ door: 'd', at: 1 })),
        )
        .repartition('by-door', byDoor, ({ door }) => door, {
          ticks: {
            every: minutes(1),
            valueAt: () => {
              throw new RangeError('no tick today');
            },
            timeOf: () => undefined,
          },
        })
        .fold('quiet-doors', last, quietDoors)
        .to('quiet', quiet),
    );
    await expect(broken.run()).rejects.toThrow('no tick today');
    await expect(broken.close()).rejects.toThrow('no tick today');
  });

  test('refuses a topology with faults', () => {
    driver = topologyTestDriver(doors);
    expect(() => topologyTestDriver(topology('empty').build())).toThrow(
      expect.objectContaining({ code: 'topology-invalid' }),
    );
  });

  test('refuses a value that its codec does not take, and a topic that the topology does not know', async () => {
    driver = topologyTestDriver(doors);
    const circular: { self?: unknown } = {};
    circular.self = circular;
    await expect(driver.pipe(visits, { value: circular as never })).rejects.toThrow(TypeError);
    await expect(driver.pipe(topic('elsewhere', text), { value: 'x' })).rejects.toThrow(/no topic elsewhere/);
  });

  test('crash without restart leaves nothing running', async () => {
    driver = topologyTestDriver(doors);
    await driver.pipe(visits, { value: { door: 'north', at: 0 } });
    driver.crash();
    await driver.run();
    expect(driver.state(last, 'north')).toBeUndefined();
    expect(driver.read(byDoor).filter(({ key }) => key !== null)).toEqual([]);
  });
});
