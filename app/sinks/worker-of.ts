import { systemClock } from '../../connectors/memory/clocks.ts';
import type { From } from '../../connectors/sink/beginning.ts';
import type { Sink } from '../../connectors/sink/sink.ts';
import { SinkWorker } from '../../connectors/sink/sink-worker.ts';
import { TOPIC } from '../../schemas/topics.ts';
import type { Topic } from '../../topology/model/topic.ts';
import { abandonedBy } from './abandoned-by.ts';
import type { SecondContext } from './run-sink.ts';

/** The worker that hands a topic to a sink, as every command of a sink runs it. */
export const workerOf = <V>(
  sink: Sink<V>,
  topic: Topic<V>,
  { slot, from }: { readonly slot: string; readonly from: From | undefined },
  { driver, telling, group }: SecondContext,
): SinkWorker<V> => {
  const abandoned = abandonedBy(driver, systemClock, group, slot);
  return new SinkWorker({
    driver,
    clock: systemClock,
    freed: (reading, partitions) => abandoned.freed(reading, partitions),
    sink,
    topic,
    application: group,
    slot,
    deadLetters: TOPIC.deadLetters,
    ...(from === undefined ? {} : { from }),
    retrying: (code) => telling.retrying(code),
    deadLettered: (reason) => telling.deadLettered(reason),
    chance: Math.random,
  });
};
