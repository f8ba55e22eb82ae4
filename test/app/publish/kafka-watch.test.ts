import { expect, test } from 'vitest';
import { KafkaWatch } from '../../../app/publish/kafka-watch.ts';
import { within } from '../../../app/publish/within.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { StreamsError } from '../../../topology/model/errors.ts';
import { milliseconds, seconds } from '../../../topology/model/time.ts';

test('behind a failure Kafka is asked until it can be had, also when nobody posts', async () => {
  const told: string[] = [];
  const worked = Promise.withResolvers<void>();
  let asked = 0;
  const reach = (): Promise<void> =>
    ++asked < 3
      ? Promise.reject(new StreamsError('broker-unavailable', 'Nobody is there.'))
      : Promise.resolve();
  const operations = {
    retrying: (code: string) => void told.push(code),
    worked: () => {
      told.push('worked');
      worked.resolve();
    },
  };
  const clock = { now: () => systemClock.now(), sleep: () => Promise.resolve() };
  const watch = new KafkaWatch(reach, operations, clock, new AbortController().signal);
  watch.failed('broker-unavailable');
  watch.failed('publisher-full');
  await worked.promise;
  expect([told, asked]).toEqual([['broker-unavailable', 'publisher-full', 'worked'], 3]);
});

test('what does not end is not waited for, and what fails in time is told', async () => {
  await within(milliseconds(1), new Promise<void>(() => {}));
  await expect(within(seconds(60), Promise.reject(new Error('closed')))).rejects.toThrow('closed');
});
