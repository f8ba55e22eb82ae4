import { describe, expect, test } from 'vitest';
import { TOPIC } from '../../../schemas/topics.ts';
import { restored, useStack } from './real-stack.ts';
import { client, PARTITIONS, partitionsOf } from './real-ward.ts';

const stack = useStack();

async function grow(topic: string, count: number): Promise<void> {
  const { code } = await stack.kafka.tool('org.apache.kafka.tools.TopicCommand', [
    '--bootstrap-server',
    stack.kafka.bootstrap,
    '--alter',
    '--topic',
    topic,
    '--partitions',
    String(count),
  ]);
  expect(code).toBe(0);
}

describe('partitions that are added while it runs', () => {
  test('of a source are picked up, from their first record on, with nothing lost or doubled', async () => {
    const { ward } = stack;
    const [a, b] = [stack.run('a'), stack.run('b')];
    await ward.alerted(await ward.sick());
    await Promise.all([restored(a, ['1_0', '1_2']), restored(b, ['1_1', '1_3'])]);
    await grow(TOPIC.vitals, PARTITIONS + 1);
    // It comes before anybody knows of the partition.
    const early = await ward.sick(undefined, PARTITIONS);
    await a.told('began', { topic: TOPIC.vitals, partition: PARTITIONS });
    await ward.alerted(early);
    await ward.alerted(await ward.sick(undefined, PARTITIONS));
    expect([...(await ward.alerts()).values()].filter((count) => count !== 1)).toEqual([]);
    for (const one of [a, b]) one.signal('SIGTERM');
    expect(await Promise.all([a.exit, b.exit])).toEqual([0, 0]);
  });

  test('of the repartition topic end every instance with a clear error, and none starts again: no key has gone elsewhere', async () => {
    const { ward } = stack;
    const [a, b] = [stack.run('a'), stack.run('b')];
    await ward.alerted(await ward.sick());
    await ward.settled();
    // With the alerts, or the start would find that the two do not fit each other any more.
    await grow(TOPIC.alerts, PARTITIONS + 2);
    await grow(TOPIC.clinicalEvents, PARTITIONS + 2);
    const ended = Promise.all([a.exit, b.exit]);
    let done = false;
    void ended.then(() => (done = true));
    while (!done) {
      await ward.sick();
      await Promise.race([ended, new Promise((resolve) => void setTimeout(resolve, 200))]);
    }
    expect(await ended).toEqual([4, 4]);
    const again = stack.run('a');
    expect(await again.exit).toBe(4);
    for (const one of [a, b, again])
      expect(one.text).toContain(
        `Topic ${TOPIC.clinicalEvents} has ${PARTITIONS + 2} partitions, and its keys were spread over ${PARTITIONS}`,
      );
    const looking = client(stack.kafka.bootstrap);
    for (const topic of [TOPIC.clinicalEvents, TOPIC.alerts])
      for (const at of partitionsOf(topic, PARTITIONS + 2).slice(PARTITIONS))
        expect(await looking.admin().offsets(at)).toEqual({ start: 0, end: 0 });
    await looking.close();
  });
});
