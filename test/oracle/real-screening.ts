import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Published, publishRecording } from '../../connectors/fhir-producer/publish-recording.ts';
import { feed } from '../../connectors/files/feed.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { kafkaLibraries } from '../../docker/stack/kafka/class-archive.ts';
import { TOPIC } from '../../schemas/topics.ts';
import type { KafkaRecord } from '../../topology/model/record.ts';
import { progress } from '../servers/shared.ts';
import { Decoys } from './decoys.ts';
import { JavaReader } from './java-reader.ts';
import { createTopics, drained, ends, inputs, key, working } from './real-cluster.ts';
import { realDriver } from './real-drivers.ts';
import { Fleet, type InstanceSettings } from './real-fleet.ts';
import { ConcurrentReader, ended, readAll, type Seen } from './real-reader.ts';
import { realRecording } from './real-recordings.ts';

const SLOTS = ['a', 'b', 'c'];

/** What came of a recording on the real stack. */
export interface RealScreening {
  readonly published: readonly Published[];
  /** Of this run, by partition, as a reader finds them afterwards. */
  readonly alerts: ReadonlyMap<number, readonly KafkaRecord[]>;
  readonly deadLetters: readonly KafkaRecord[];
  /** The alerts as readers saw them that read on while the run went on. */
  readonly during: { readonly driver: Seen; readonly java: Seen };
  /** Offset of the first alert of the run in a partition, and the one behind the last. */
  readonly range: (partition: number) => { readonly from: number; readonly to: number };
  /** Exit codes of the instances. */
  readonly codes: readonly unknown[];
}

/**
 * Publishes a recording to real topics and screens it with three instances, one of which is killed in the middle of its work. Somebody
 * else's transactions come between the alerts, and are aborted. What stands in the topics from an earlier run is passed over.
 */
export async function screened(
  settings: Omit<InstanceSettings, 'application' | 'slot'>,
): Promise<RealScreening> {
  const { bootstrap, driver: driverName } = settings;
  const { files, order, keyOf } = realRecording(settings.recording);
  const [driver, watcher] = [
    realDriver(driverName, 'publisher', bootstrap),
    realDriver(driverName, 'watcher', bootstrap),
  ];
  await createTopics(driver);
  const before = await ends(driver);
  for (const at of inputs) await driver.admin().deleteRecords(at, before.get(key(at)) ?? 0);
  const application = `oracle-${randomUUID()}`;
  const fleet = new Fleet({ ...settings, application });
  const byDriver = new ConcurrentReader(watcher, TOPIC.alerts, before);
  const libraries = await kafkaLibraries(progress);
  const byJava = new JavaReader(libraries, mkdtempSync(join(tmpdir(), 'java-')), bootstrap, TOPIC.alerts);
  try {
    for (const slot of SLOTS) fleet.start(slot);
    const decoys = await Decoys.to(driver, TOPIC.alerts);
    const published: Published[] = [];
    const { batches } = feed(files, order);
    let killed = false;
    for await (const batch of publishRecording(batches, { driver, clock: systemClock, keyOf })) {
      published.push(...batch);
      await decoys.next();
      if (killed) continue;
      // In the middle of work, and before the rest of it.
      await fleet.during(working(driver, application));
      await fleet.kill('b');
      killed = true;
    }
    await fleet.during(drained(driver, application));
    await decoys.end();
    const codes = await fleet.stop();
    const [alertsEnd, deadEnd] = [await ended(driver, TOPIC.alerts), await ended(driver, TOPIC.deadLetters)];
    return {
      published,
      alerts: await readAll(driver, TOPIC.alerts, before, alertsEnd),
      deadLetters: [...(await readAll(driver, TOPIC.deadLetters, before, deadEnd)).values()].flat(),
      during: { driver: await byDriver.end(alertsEnd), java: await byJava.end(before, alertsEnd) },
      range: (partition) => ({
        from: before.get(key({ topic: TOPIC.alerts, partition })) ?? 0,
        to: alertsEnd.get(partition) ?? 0,
      }),
      codes,
    };
  } finally {
    byJava.kill();
    await fleet.stop();
    await Promise.all([driver.close(), watcher.close()]);
  }
}
