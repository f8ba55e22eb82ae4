/**
 * A worker of the checksum topology on a real Kafka, in a process of its own: `BOOTSTRAP APPLICATION SLOT`. SIGTERM ends it in
 * good order; whoever kills it has it torn wherever it is.
 */
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { milliseconds, seconds } from '../../../topology/model/time.ts';
import { silent } from '../../../topology/ports/telemetry.ts';
import { Worker } from '../../../topology/runtime/worker.ts';
import { checksumTopology } from '../scenarios/checksum-topology.ts';

const [bootstrap = '', application = '', slot = ''] = process.argv.slice(2);
const driver = new PlatformaticDriver(
  { clientId: slot, bootstrap: [bootstrap], requestTimeout: 5_000, connectTimeout: 2_000 },
  systemClock,
);
const tell = (what: string): void => {
  process.stdout.write(`${what}\n`);
};
const worker = new Worker({
  topology: checksumTopology(),
  driver,
  clock: systemClock,
  application,
  slot,
  deadLetters: 'dead-letters',
  telemetry: {
    ...silent,
    aborted: (reason) => tell(`aborted ${reason}`),
    retrying: (code) => tell(`retrying ${code}`),
    restored: (task, _entries, replayed) => tell(`restored ${task} ${replayed}`),
  },
  limits: {
    commitInterval: milliseconds(100),
    transactionTimeout: seconds(3),
    sessionTimeout: seconds(4),
    rebalanceTimeout: seconds(4),
    revokeTimeout: seconds(2),
    pollRecords: 1_000,
  },
});
process.once('SIGTERM', () => {
  void worker.stop();
});
await worker.run();
await driver.close();
tell('ended');
process.exit(0);
