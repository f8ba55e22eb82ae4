import type { CommittedOffset, KafkaDriver, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { beginningOf, type From } from './beginning.ts';
import { SinkTask, type SinkTaskSettings } from './sink-task.ts';
import { NONE_AHEAD, readStanding, type Standing } from './standing.ts';

/**
 * A task that begins where the group stands, or where `from` says; and when the group began with the partition.
 * @throws StreamsError `input-lost`, `log-ends-early`.
 */
export async function newTask<V>(
  at: TopicPartition,
  committed: CommittedOffset | undefined,
  from: From | undefined,
  settings: SinkTaskSettings<V> & { readonly driver: KafkaDriver },
): Promise<{ readonly task: SinkTask<V>; readonly began: number | undefined }> {
  const start = await beginningOf(at, committed?.offset, from, settings);
  const standing: Standing =
    committed === undefined
      ? { began: settings.clock.now(), ahead: NONE_AHEAD }
      : readStanding(committed.offset, committed.metadata);
  const { began } = standing;
  // Begun elsewhere than where the group stands: whatever comes is to be carried out.
  const known = start === committed?.offset ? standing : { began, ahead: NONE_AHEAD };
  return { task: new SinkTask(at, start, known, settings), began };
}
