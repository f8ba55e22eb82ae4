import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { type Duration, milliseconds, seconds } from '../../../topology/model/time.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { silent } from '../../../topology/ports/telemetry.ts';
import { Worker } from '../../../topology/runtime/worker.ts';
import type { KafkaProxy } from '../../servers/kafka-proxy/kafka-proxy.ts';
import type { ProxiedClient } from '../../servers/kafka-proxy/proxied-client.ts';
import { checksumTopology } from '../scenarios/checksum-topology.ts';
import { hooked, NO_HOOKS, over } from './hooked-driver.ts';

/** A worker is taken for dead after this, and its transaction a little before. */
const SESSION: Duration = seconds(2);

/** Told to whoever waits for a worker that goes on with partitions which it has lost, and does not know it: nothing will come of it. */
export class LostUnheard extends Error {}

/** Another client in place of the real one; `unheard` is to be called when it keeps a loss to itself. */
type Dress = (driver: KafkaDriver, unheard: () => void) => KafkaDriver;

/** A worker of the checksum topology, and the network between it and the broker. */
export class ProxiedWorker {
  readonly network: ProxiedClient;
  /** `aborted fenced`, `retrying broker-unavailable`, `restored 1_0`, `has 12`, `lost`. */
  readonly told: string[] = [];
  commits = 0;
  /** Number of partitions that it was assigned last; none while it has no assignment. */
  owned = 0;
  #lostUnheard = false;
  readonly #driver: KafkaDriver;
  readonly #worker: Worker;
  readonly #running: Promise<void>;

  constructor(proxy: KafkaProxy, application: string, slot: string, dress: Dress = (driver) => driver) {
    this.network = proxy.client(slot);
    const real = new PlatformaticDriver(
      // Longer than anything is kept from it.
      { clientId: slot, bootstrap: [proxy.bootstrap], requestTimeout: 60_000, connectTimeout: SESSION },
      systemClock,
    );
    const dressed = dress(real, () => {
      this.#lostUnheard = true;
    });
    this.#driver = hooked(dressed, {
      ...NO_HOOKS,
      assigned: ({ partitions }) => {
        this.owned = partitions.length;
        this.told.push(`has ${partitions.length}`);
      },
      revoked: (_assignment, why) => {
        this.owned = 0;
        if (why === 'lost') this.told.push('lost');
      },
    });
    this.#worker = new Worker({
      topology: checksumTopology(),
      driver: this.#driver,
      clock: systemClock,
      application,
      slot,
      deadLetters: 'dead-letters',
      telemetry: {
        ...silent,
        committed: () => this.commits++,
        aborted: (reason) => this.told.push(`aborted ${reason}`),
        retrying: (code) => this.told.push(`retrying ${code}`),
        restored: (task) => this.told.push(`restored ${task}`),
      },
      limits: {
        commitInterval: milliseconds(100),
        transactionTimeout: milliseconds(SESSION * 0.75),
        sessionTimeout: SESSION,
        rebalanceTimeout: SESSION,
        revokeTimeout: milliseconds(SESSION / 2),
        pollRecords: 1_000,
      },
    });
    this.#running = this.#worker.run();
    // Whoever stops it hears of it.
    this.#running.catch(() => {});
  }

  /** It works on what it was assigned. */
  get live(): boolean {
    return this.#worker.live;
  }

  /** Resolves when it has committed so many times more. @throws as `until`. */
  async commitsMore(count: number): Promise<void> {
    const until = this.commits + count;
    await this.until(() => this.commits >= until);
  }

  /** Resolves when it is so. @throws what ended it; `LostUnheard`. */
  async until(so: () => boolean): Promise<void> {
    while (!so()) {
      if (this.#lostUnheard) throw new LostUnheard('It has lost its partitions and does not know.');
      await Promise.race([systemClock.sleep(milliseconds(5)), this.#running]);
    }
  }

  /** @throws what ended it, if it was not this. */
  async stop(): Promise<void> {
    await this.#worker.stop();
    await this.#running;
    await this.#driver.close();
  }
}

/** A client that does not tell of a loss, and does not say which generation its offsets are of. */
export const unfenced: Dress = (driver, unheard) =>
  over(driver, {
    consumer: (options) => {
      const consumer = driver.consumer(options);
      let lost = false;
      return over(consumer, {
        subscribe: (topics, listener) =>
          consumer.subscribe(topics, {
            onRevoked: (assignment, why) => {
              if (why === 'rebalance') return listener.onRevoked(assignment, why);
              lost = true;
              unheard();
              return Promise.resolve();
            },
            onAssigned: (assignment) => {
              if (!lost) listener.onAssigned(assignment);
            },
          }),
      });
    },
    transactions: (options) => {
      const transactions = driver.transactions(options);
      return over(transactions, {
        sendOffsets: (offsets, { groupId }) =>
          transactions.sendOffsets(offsets, { groupId, generation: -1, memberId: '' }),
      });
    },
  });

/** A client that does not see what others have left open, so that it ends none of it. */
export const blindToOthers: Dress = (driver) =>
  over(driver, {
    admin: () => over(driver.admin(), { openTransactions: () => Promise.resolve([]) }),
  });
