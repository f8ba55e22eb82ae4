import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { ManualClock, systemClock } from '../../../connectors/memory/clocks.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { type Duration, milliseconds, minutes, seconds } from '../../../topology/model/time.ts';
import type { Clock } from '../../../topology/ports/clock.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import type { Faults, KafkaUnderTest } from '../../conformance/kafka-driver/under-test.ts';
import { FaultyLink } from './faulty-link.ts';

/** Puts something else in a driver's place: for showing that the suite notices. */
export type Dress = (driver: MemoryDriver, broker: MemoryBroker) => KafkaDriver;

interface World {
  readonly broker: MemoryBroker;
  readonly clock: Clock;
  readonly heartbeat?: Duration;
  readonly sessionTimeout: Duration;
  readonly stop: () => void;
  readonly dress: Dress | undefined;
  readonly patience: Duration;
}

const PATIENCE = minutes(2);

/** A step of the time of a simulated cluster, taken each real millisecond: it stands while somebody computes. */
const STEP = milliseconds(25);
const MARKERS = milliseconds(60);
/** A real broker looks for transactions that are open for too long every 10 s (`transaction.abort.timed.out...`). */
const SCAN = seconds(10);

/** As `start` and `replay` use it: in one process, where nobody is taken for dead. */
export function inOneProcess(dress?: Dress, patience: Duration = PATIENCE): Promise<KafkaUnderTest> {
  const broker = new MemoryBroker();
  const sessionTimeout = milliseconds(50);
  return Promise.resolve(
    underTest({ broker, clock: systemClock, sessionTimeout, stop: () => {}, dress, patience }),
  );
}

/** As a cluster behind a network: with heartbeats, time-outs, and markers that are written after the answer. */
export function acrossANetwork(dress?: Dress, patience: Duration = PATIENCE): Promise<KafkaUnderTest> {
  const clock = new ManualClock(Date.now());
  const markers = (write: () => void): void => void clock.sleep(MARKERS).then(write);
  const broker = new MemoryBroker({ clock, markers });
  let scanned = clock.now();
  const timer = setInterval(() => {
    clock.moveTo(clock.now() + STEP);
    broker.tick();
    if (clock.now() - scanned < SCAN) return;
    scanned = clock.now();
    broker.expireTransactions();
  }, 1);
  return Promise.resolve(
    underTest({
      broker,
      clock,
      heartbeat: milliseconds(100),
      sessionTimeout: seconds(6),
      stop: () => clearInterval(timer),
      dress,
      patience,
    }),
  );
}

function underTest(world: World): KafkaUnderTest {
  const { broker, clock, heartbeat, dress } = world;
  const processes = new Map<KafkaDriver, { readonly link: FaultyLink; readonly memory: MemoryDriver }>();
  let names = 0;
  const fresh = (what: string): string => `${what}-${names++}`;
  const processOf = (driver: KafkaDriver): { readonly link: FaultyLink; readonly memory: MemoryDriver } => {
    const process = processes.get(driver);
    if (process === undefined) throw new Error('This driver is not of this cluster.');
    return process;
  };
  return {
    driver: () => {
      const link = new FaultyLink();
      const client = heartbeat === undefined ? { link, clock } : { link, clock, heartbeat };
      const memory = new MemoryDriver(broker, client);
      const driver = dress?.(memory, broker) ?? memory;
      processes.set(driver, { link, memory });
      return driver;
    },
    topic: (partitions = 1) => {
      const name = fresh('topic');
      broker.createTopics([{ name, partitions }]);
      return Promise.resolve(name);
    },
    fresh,
    clock,
    sessionTimeout: world.sessionTimeout,
    patience: world.patience,
    faults: {
      lose: (driver, request, what) => processOf(driver).link.loseNext(request, what),
      holdFetch: (driver) => processOf(driver).link.holdNext('fetch'),
      kill: (driver) => {
        // In one process the end of a client is seen at once; across a network it is only not heard of any more.
        if (heartbeat === undefined) processOf(driver).memory.kill();
        else processOf(driver).link.freeze();
      },
      ...(heartbeat === undefined ? {} : networkFaults((driver) => processOf(driver).link)),
    },
    close: () => {
      world.stop();
      for (const { memory } of processes.values()) memory.kill();
      return Promise.resolve();
    },
  };
}

const networkFaults = (linkOf: (driver: KafkaDriver) => FaultyLink): Pick<Faults, 'freeze' | 'timeouts'> => ({
  freeze: (driver) => linkOf(driver).freeze(),
  timeouts: true,
});
