/**
 * An instance of the topology on the real stack, in a process of its own, with settings as JSON. SIGTERM ends it in good order;
 * whoever kills it has it torn wherever it is.
 */
import { systemClock } from '../../connectors/memory/clocks.ts';
import { RedisSnapshotStore } from '../../connectors/redis/snapshot-store.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import { unlimited } from '../../topology/model/time.ts';
import { silent } from '../../topology/ports/telemetry.ts';
import { Worker } from '../../topology/runtime/worker.ts';
import { sepsis } from '../../topology/sepsis.ts';
import { realDriver } from './real-drivers.ts';
import type { InstanceSettings } from './real-fleet.ts';
import { rulesOf } from './real-recordings.ts';

const settings: InstanceSettings = JSON.parse(process.argv[2] ?? '');
const { bootstrap, registry, redis, application, slot, recording } = settings;
const driver = realDriver(settings.driver, slot, bootstrap);
const tell = (what: string): void => {
  process.stdout.write(`${what}\n`);
};
const worker = new Worker({
  // A recording's days pass in seconds, so while one instance is away the others run days ahead of it.
  topology: sepsis(
    topicsOf(await bindCodecs(schemaRegistry({ url: registry, clock: systemClock }))),
    rulesOf(recording, { lateness: unlimited }),
  ),
  driver,
  clock: systemClock,
  snapshots: new RedisSnapshotStore({ address: { kind: 'standalone', ...redis } }),
  application,
  slot,
  deadLetters: TOPIC.deadLetters,
  telemetry: {
    ...silent,
    aborted: (reason) => tell(`aborted ${reason}`),
    retrying: (code) => tell(`retrying ${code}`),
    restored: (task, entries, replayed) => tell(`restored ${task} ${entries} ${replayed}`),
  },
  limits: { pollRecords: 500, snapshotRecords: 500 },
});
process.once('SIGTERM', () => {
  void worker.stop();
});
tell('up');
await worker.run();
await driver.close();
process.exit(0);
