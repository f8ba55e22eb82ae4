/**
 * A worker of the checksum topology on a real Kafka, in a process of its own: `BOOTSTRAP APPLICATION SLOT`. SIGTERM ends it in
 * good order; whoever kills it has it torn wherever it is. `SESSION_MS` is when it is taken for dead, `REDIS_PORT` that of the
 * snapshot store, `KAFKA_DRIVER` the driver's name. At the point named in `DIE_AT` it ends as with kill -9, at one that is
 * written to its standard input it stands still as with SIGSTOP.
 */
import { driverOf } from '../../../app/run/driver-of.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { RedisSnapshotStore } from '../../../connectors/redis/snapshot-store.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import { silent } from '../../../topology/ports/telemetry.ts';
import { Worker } from '../../../topology/runtime/worker.ts';
import type { FaultPoint } from '../../../topology/testing/simulation/coverage.ts';
import { checksumTopology } from '../scenarios/checksum-topology.ts';
import { atPoints, storeAtPoints } from './fault-points.ts';
import { hooked } from './hooked-driver.ts';

const [bootstrap = '', application = '', slot = ''] = process.argv.slice(2);
const { SESSION_MS: session = '4000', REDIS_PORT: redisPort, DIE_AT: dieAt } = process.env;
const tell = (what: string): void => {
  process.stdout.write(`${what}\n`);
};

/** Commits that stand before it dies: then there is something to lose. */
const WARM = 3;
let commits = 0;
let standAt: string | undefined;
process.stdin.setEncoding('utf8').on('data', (point: string) => {
  standAt = point;
});
const reached = (point: FaultPoint): void => {
  if (point === dieAt && (commits >= WARM || point === 'mid restore')) {
    tell(`dies ${point}`);
    process.kill(process.pid, 'SIGKILL');
  }
  if (point === standAt) {
    standAt = undefined;
    tell(`stands still ${point}`);
    process.kill(process.pid, 'SIGSTOP');
  }
};

const real = await driverOf(
  process.env['KAFKA_DRIVER'] === 'kafkajs' ? 'kafkajs' : 'platformatic',
  { clientId: slot, bootstrap: bootstrap.split(','), requestTimeout: 5_000, connectTimeout: 2_000 },
  systemClock,
);
const driver = hooked(real, {
  ...atPoints(reached),
  assigned: ({ partitions }) => tell(`has ${partitions.length}`),
  revoked: (_assignment, why) => tell(`gives up: ${why}`),
  refused: (call, code) => tell(`refused ${call}: ${code}`),
});
const redis =
  redisPort === undefined
    ? undefined
    : new RedisSnapshotStore({ address: { kind: 'standalone', host: '127.0.0.1', port: Number(redisPort) } });

const worker = new Worker({
  topology: checksumTopology(),
  driver,
  clock: systemClock,
  application,
  slot,
  deadLetters: 'dead-letters',
  ...(redis === undefined ? {} : { snapshots: storeAtPoints(redis, reached) }),
  telemetry: {
    ...silent,
    committed: (records) => {
      commits++;
      tell(`committed ${records}`);
    },
    aborted: (reason) => tell(`aborted ${reason}`),
    retrying: (code) => tell(`retrying ${code}`),
    restored: (task, entries, replayed) => tell(`restored ${task} ${replayed} ${entries}`),
    snapshotFailed: (task, error) => tell(`snapshot of ${task} failed: ${error}`),
  },
  limits: {
    commitInterval: milliseconds(100),
    transactionTimeout: milliseconds(Number(session) * 0.75),
    sessionTimeout: milliseconds(Number(session)),
    rebalanceTimeout: milliseconds(Number(session)),
    revokeTimeout: milliseconds(Number(session) / 2),
    pollRecords: 1_000,
    snapshotRecords: 500,
  },
});
process.once('SIGTERM', () => {
  void worker.stop();
});
await worker.run();
await driver.close();
await redis?.close();
tell('ended');
process.exit(0);
