import { afterEach, expect, test } from 'vitest';
import { feverRuns, runs, topics } from '../../examples/fever-runs.ts';
import * as overdue from '../../examples/overdue-readings.ts';
import { text } from '../../topology/model/codec.ts';
import { hours, instant, minutes } from '../../topology/model/time.ts';
import { type TopologyTestDriver, topologyTestDriver } from '../../topology/testing/testing.ts';

// #region driver
let driver: TopologyTestDriver;
afterEach(() => driver.close());

test('a run grows with each fever', async () => {
  driver = topologyTestDriver(feverRuns);
  await driver.pipe(topics.lines, { value: 'ann 38.5' });
  await driver.pipe(topics.lines, { value: 'ann 39.0' });
  await driver.run();

  expect(driver.readValues(topics.runs)).toEqual([1, 2]);
  expect(driver.readValues(topics.runs)).toEqual([]); // each record is read once
  expect(driver.state(runs, 'ann')).toBe(2);
});
// #endregion

// #region bytes
test('a line that cannot be read is a dead letter, as it was received', async () => {
  driver = topologyTestDriver(feverRuns);
  const bytes = new Uint8Array([0xff, 0xfe]);
  await driver.pipeAll(topics.lines, [
    { value: 'ann 38.5' },
    { bytes, key: 'k', headers: { source: text.encode('bed 3') } },
  ]);
  await driver.run();

  expect(driver.readValues(topics.runs)).toEqual([1]);
  expect(driver.deadLetters()).toMatchObject([
    { reason: 'bad-value', step: 'read-temperature', offset: 1, value: bytes, key: text.encode('k') },
  ]);
});
// #endregion

// #region partitions
test('each patient has a run of their own, whatever partition a line comes by', async () => {
  driver = topologyTestDriver(feverRuns, { partitions: 4, instances: 2 });
  await driver.pipeAll(topics.lines, [
    { value: 'ann 38.5', partition: 0 },
    { value: 'bob 38.1', partition: 1 },
    { value: 'ann 39.0', partition: 3 },
  ]);
  await driver.run();

  // The last value of each key.
  expect(driver.readToMap(topics.runs)).toEqual(new Map(Object.entries({ ann: 2, bob: 1 })));
  expect(driver.state(runs)).toEqual(new Map(Object.entries({ ann: 2, bob: 1 })));
});
// #endregion

// #region ticks
test('time that passes is heard, and what comes too late is told apart', async () => {
  const noon = instant(Date.UTC(2026, 0, 1, 12));
  driver = topologyTestDriver(overdue.overdueReadings, { start: noon });
  await driver.pipe(overdue.topics.readings, { value: { patient: 'ann', at: noon } });
  await driver.tick(minutes(29));
  expect(driver.read(overdue.topics.overdue)).toEqual([]);
  await driver.tick(minutes(1));
  expect(driver.readValues(overdue.topics.overdue)).toEqual(['no reading of ann for half an hour']);

  await driver.pipe(overdue.topics.readings, { value: { patient: 'ann', at: noon - hours(2) } });
  await driver.run();
  expect(driver.late()).toHaveLength(1);
});
// #endregion

// #region crash
test('a crash in the middle of a commit neither loses a run nor counts it twice', async () => {
  driver = topologyTestDriver(feverRuns, { snapshots: true });
  await driver.pipe(topics.lines, { value: 'ann 38.5' });
  await driver.run();

  driver.failNext('commit', 'crash-before');
  await driver.pipe(topics.lines, { value: 'ann 39.0' });
  await driver.run(); // the only instance is dead now
  expect(driver.readValues(topics.runs)).toEqual([1]);

  driver.restart();
  await driver.run();
  expect(driver.readValues(topics.runs)).toEqual([2]);
  // The state of one key came from the snapshot; without `snapshots` it is rebuilt from the log.
  expect(driver.restored()).toMatchObject([{ task: '1_0', fromSnapshot: 1, fromLog: 0 }]);
});
// #endregion

// #region abort
test('outputs of an aborted transaction are never read, and its input is processed again', async () => {
  driver = topologyTestDriver(feverRuns);
  driver.abort();
  await driver.pipe(topics.lines, { value: 'ann 38.5' });
  await driver.run();

  expect(driver.aborted()).toEqual(['broker-unavailable']);
  expect(driver.readValues(topics.runs)).toEqual([1]);
});
// #endregion

// #region rebalance
test('an instance that joins in the middle of a transaction goes on where the other one was', async () => {
  driver = topologyTestDriver(feverRuns, { partitions: 4 });
  await driver.pipeAll(topics.lines, [{ value: 'ann 38.5' }, { value: 'bob 38.1' }]);
  await driver.run();

  await driver.pipeAll(topics.lines, [{ value: 'ann 39.0' }, { value: 'bob 38.2' }]);
  driver.rebalance('join'); // or 'leave'; `restart` brings it back
  await driver.run();
  expect(driver.readToMap(topics.runs)).toEqual(new Map(Object.entries({ ann: 2, bob: 2 })));
});
// #endregion
