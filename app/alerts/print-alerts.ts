import { once } from 'node:events';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../connectors/platformatic/driver.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { isStreamsError } from '../../topology/model/errors.ts';
import type { Position } from '../../topology/model/record.ts';
import { seconds } from '../../topology/model/time.ts';
import { silent } from '../../topology/ports/telemetry.ts';
import { Patience } from '../../topology/runtime/patience.ts';
import type { CommandIo } from '../commands/command.ts';
import { lookOf } from '../console/look.ts';
import { alertLine } from '../replay/alert-line.ts';
import { Sources } from '../replay/sources.ts';
import { listenToSignals } from '../run/signals.ts';
import { alertReader } from './alert-reader.ts';
import { alertWords } from './alert-words.ts';
import type { AlertsSettings } from './alerts-settings.ts';
import { type PlacedRecord, TopicLog } from './topic-log.ts';

/** How often it is looked whether more was written. */
const EVERY = seconds(0.25);

/** Prints until the end of the topic, or until it is told to end; resolves to the exit code. */
export async function printAlerts(settings: AlertsSettings, io: CommandIo): Promise<number> {
  const driver = new PlatformaticDriver(settings.kafka, systemClock);
  const signals = listenToSignals(() => {});
  // Nothing has to be put in order: it may end wherever it is.
  const stopped = new Promise<void>((resolve) =>
    signals.first.addEventListener('abort', () => resolve(), { once: true }),
  );
  try {
    await Promise.race([print(new TopicLog(driver, TOPIC.alerts), settings, io, signals.first), stopped]);
    return 0;
  } finally {
    signals.close();
    void driver.close().catch(() => {});
  }
}

async function print(
  log: TopicLog,
  settings: AlertsSettings,
  io: CommandIo,
  stop: AbortSignal,
): Promise<void> {
  const show = printer(settings, io);
  const everything = async (): Promise<void> => {
    for await (const record of log.unread()) {
      if (stop.aborted) return;
      await show(record);
    }
  };
  // What cannot be had at the start is told at once; later it is waited for.
  await everything();
  const failing = new Set<string>();
  const retrying = (code: string): void => {
    if (!failing.has(code)) io.stderr.write(`sepsis-streams: ${code}; it is tried again until it passes\n`);
    failing.add(code);
  };
  const patience = new Patience(systemClock, { ...silent, retrying });
  while (settings.options.follow) {
    await systemClock.sleep(EVERY, stop);
    if (stop.aborted) return;
    await patience.until(everything, () => stop.aborted);
    patience.renew();
    failing.clear();
  }
}

/** Writes a record that is asked for; one that cannot be read is told of, by its place. */
function printer(
  { options, registry }: AlertsSettings,
  io: CommandIo,
): (record: PlacedRecord) => Promise<void> {
  const { patient, ago, json } = options;
  const since = systemClock.now() - ago;
  const read = alertReader(schemaRegistry({ ...registry, clock: systemClock }));
  const { colour } = lookOf(io.environment, 'isTTY' in io.stdout && io.stdout.isTTY === true);
  const sources = new AsWritten();
  const lineOf = (alert: SepsisAlert): string =>
    json ? alertLine(alert, sources) : alertWords(alert, colour);
  return async ({ partition, offset, timestamp, key, value }) => {
    if (value === null || timestamp < since || !isOf(key, patient)) return;
    try {
      const line = lineOf(await read(value));
      if (!io.stdout.write(`${line}\n`)) await once(io.stdout, 'drain');
    } catch (error) {
      if (!isStreamsError(error) || !UNREADABLE.has(error.code)) throw error;
      io.stderr.write(`${TOPIC.alerts}/${partition}/${offset} cannot be read: ${error.code}\n`);
    }
  };
}

const UNREADABLE: ReadonlySet<string> = new Set(['avro-unreadable', 'unknown-schema']);

const decoder = new TextDecoder();

/** The key is the whole reference; nobody types all of it. */
function isOf(key: Uint8Array | null, asked: string | undefined): boolean {
  if (asked === undefined) return true;
  const patient = key === null ? '' : decoder.decode(key);
  return patient === asked || patient.endsWith(`/${asked}`);
}

/** A live alert names the records that it rests on by where they stand. */
class AsWritten extends Sources {
  constructor() {
    super([]);
  }

  override original(origin: Position): Position {
    return origin;
  }
}
