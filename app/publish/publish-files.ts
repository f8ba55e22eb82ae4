import { Sending } from '../../connectors/fhir-producer/sending.ts';
import { feed } from '../../connectors/files/feed.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { milliseconds } from '../../topology/model/time.ts';
import type { CommandIo } from '../commands/command.ts';
import { listenToSignals } from '../run/signals.ts';
import { type KafkaTarget, openTarget } from './kafka-target.ts';
import { paced } from './paced.ts';
import { Places } from './places.ts';
import type { PublishFiles } from './publish-options.ts';
import { publishProgress } from './publish-progress.ts';
import { renderPublished } from './publish-summary.ts';
import { shapingOf } from './shaping.ts';
import { shifted, shiftsOf } from './shifted.ts';
import { begun, untilStopped } from './until-stopped.ts';

/** A batch of the feed goes out as one, and the next one when all of it is acknowledged. */
const BATCHING = { linger: milliseconds(0), batchRecords: 1_000, batchBytes: 8_000_000, maxPending: 100_000 };

/**
 * Publishes files to their end, and prints a summary. Resolves to the exit code 0.
 * @throws StreamsError of the input, of Kafka, `publish-stopped`; what is acknowledged by then is told.
 */
export async function publishFiles(
  options: PublishFiles,
  kafka: KafkaTarget | undefined,
  io: CommandIo,
): Promise<number> {
  const signals = listenToSignals(() => {});
  const second = signals.second.then(() => {
    throw new StreamsError('publish-stopped', 'Stopped at once by a second signal.');
  });
  try {
    return await Promise.race([second, published(options, kafka, signals.first, io)]);
  } finally {
    signals.close();
  }
}

async function published(
  options: PublishFiles,
  kafka: KafkaTarget | undefined,
  signal: AbortSignal,
  io: CommandIo,
): Promise<number> {
  const began = performance.now();
  const { files: from, createTopics } = options;
  const progress = publishProgress(io, from.files);
  const say = (line: string): void => {
    progress.clear();
    io.stderr.write(`${line}\n`);
  };
  let sending: Sending | undefined;
  try {
    const shaping = await shapingOf(options);
    const shifts = from.shiftToNow ? await shiftsOf(from.files, shaping, signal) : undefined;
    const input = shifts?.input ?? feed(from.files, { order: 'as-is' });
    const batches = await begun(untilStopped(input.batches, signal));
    const places = new Places(input.statistics, kafka === undefined ? 'would be' : 'is', say);
    try {
      // A wrong input is known before anything is asked of Kafka.
      if (!signal.aborted) places.assertFhir();
      const open =
        kafka === undefined ? undefined : await openTarget(kafka, { createTopics, batching: BATCHING }, say);
      sending = new Sending(open?.producer, systemClock, shaping);
      try {
        // Due by the times that were recorded: those of each patient are moved by another distance.
        const due = paced(batches, from, signal);
        const chunks = shifts === undefined ? due : shifted(due, shifts, shaping, from.speed);
        for await (const chunk of chunks) {
          await sending.send(places.placed(chunk), places.refused);
          progress.note(input.statistics);
        }
      } finally {
        await open?.close();
      }
    } finally {
      // A read that waits for ever cannot be waited for.
      if (!signal.aborted) await input.batches.return(undefined);
    }
    progress.clear();
    const lines = renderPublished(
      sending.published,
      (performance.now() - began) / 1_000,
      kafka === undefined,
    );
    io.stdout.write(`${lines.join('\n')}\n`);
    if (signal.aborted) throw new StreamsError('publish-stopped', 'Stopped by a signal.');
    return 0;
  } catch (error) {
    const there = sum(sending?.published.records);
    if (there > 0 && kafka !== undefined && !signal.aborted) say(`${there} records are acknowledged.`);
    throw error;
  } finally {
    progress.clear();
  }
}

const sum = (counts: ReadonlyMap<string, number> = new Map()): number =>
  [...counts.values()].reduce((all, n) => all + n, 0);
