/**
 * A worker of the checksum topology with the limits and time-outs that it has in production, in a process of its own:
 * `BOOTSTRAP APPLICATION SLOT`. It says what its telemetry says, a line each. SIGTERM ends it in good order.
 */
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { silent } from '../../../topology/ports/telemetry.ts';
import { Worker } from '../../../topology/runtime/worker.ts';
import { checksumTopology } from '../scenarios/checksum-topology.ts';

const [bootstrap = '', application = '', slot = ''] = process.argv.slice(2);
const driver = new PlatformaticDriver(
  { clientId: slot, bootstrap: bootstrap.split(','), requestTimeout: 10_000, connectTimeout: 3_000 },
  systemClock,
);
const say = (what: string): void => {
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
    committed: (records) => say(`committed ${records}`),
    aborted: (reason) => say(`aborted ${reason}`),
    retrying: (code) => say(`retrying ${code}`),
    restored: (task, _entries, replayed) => say(`restored ${task} ${replayed}`),
  },
});
process.once('SIGTERM', () => {
  void worker.stop();
});
await worker.run();
await driver.close();
process.exit(0);
