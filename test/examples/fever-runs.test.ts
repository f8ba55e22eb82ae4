import { expect, test } from 'vitest';
import { feverRuns, runs, topics } from '../../examples/fever-runs.ts';
import { topologyTestDriver } from '../../topology/testing/testing.ts';

test('a run grows with each fever, ends with a normal value, and survives a crash', async () => {
  const driver = topologyTestDriver(feverRuns, { partitions: 3, instances: 2 });
  for (const line of ['ann 38.5', 'bob 36.6', 'ann 39.0']) await driver.pipe(topics.lines, { value: line });
  await driver.run();
  expect(driver.read(topics.runs).map(({ key, value }) => [key, value])).toEqual([
    ['ann', 1],
    ['ann', 2],
  ]);

  driver.crash();
  driver.restart();
  await driver.pipe(topics.lines, { value: 'ann 38.0' });
  await driver.pipe(topics.lines, { value: 'bob hot' });
  await driver.run();
  expect(driver.read(topics.runs).map(({ key, value }) => [key, value])).toEqual([['ann', 3]]);
  expect(driver.state(runs, 'ann')).toBe(3);
  expect(driver.deadLetters().map(({ reason }) => reason)).toEqual(['bad-value']);
  await driver.close();
});
