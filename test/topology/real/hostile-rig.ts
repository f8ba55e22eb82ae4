import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { milliseconds } from '../../../topology/model/time.ts';
import type { WriteRequest } from '../../conformance/kafka-driver/under-test.ts';
import { type KafkaProxy, startKafkaProxy } from '../../servers/kafka-proxy/kafka-proxy.ts';
import type { Held, Way } from '../../servers/kafka-proxy/proxied-client.ts';
import { Feed } from '../cluster/feed.ts';
import { drained, faultsOf, logOf, PARTITIONS, TOPICS } from '../cluster/judge.ts';
import { blindToOthers, ProxiedWorker, unfenced } from './proxied-worker.ts';

const APPLICATION = 'hostile';
const SLOTS = ['slot-0', 'slot-1'] as const;
/** Both sub-topologies read as many. */
const ALL = 2 * PARTITIONS;
/** Where the error code stands in answers to requests that have nothing before it: behind length, correlation, tags and throttle time. */
const ERROR_AT = 13;

/** Two workers behind a network that does what it is told, and a feed that never rests and goes past that network. */
export class HostileRig {
  readonly #proxy: KafkaProxy;
  readonly #driver: PlatformaticDriver;
  readonly #feed: Feed;
  readonly workers: ProxiedWorker[];

  private constructor(proxy: KafkaProxy, driver: PlatformaticDriver) {
    this.#proxy = proxy;
    this.#driver = driver;
    this.workers = SLOTS.map((slot) => new ProxiedWorker(proxy, APPLICATION, slot));
    this.#feed = new Feed(driver, { batch: 100, pause: milliseconds(50) });
    this.#feed.start();
  }

  static async start(bootstrap: string): Promise<HostileRig> {
    const access = {
      clientId: 'judge',
      bootstrap: [bootstrap],
      requestTimeout: 10_000,
      connectTimeout: 3_000,
    };
    const driver = new PlatformaticDriver(access, systemClock);
    await driver.admin().createTopics(TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
    return new HostileRig(await startKafkaProxy(bootstrap), driver);
  }

  async stop(): Promise<void> {
    await this.#feed.stop();
    await Promise.allSettled(this.workers.map((worker) => worker.stop()));
    await this.#driver.close();
    await this.#proxy.stop();
  }

  /** Resolves when all work, on a half each. */
  async atWork(): Promise<void> {
    for (const worker of this.workers) {
      await worker.until(() => worker.owned === ALL / SLOTS.length && worker.live);
      await worker.commitsMore(1);
    }
  }

  /** Everything that is wrong with what came out so far, when all that was fed has been through. */
  async faults(): Promise<string[]> {
    await this.#feed.stop();
    await drained(this.#driver, APPLICATION);
    const found = await this.#found();
    this.#feed.start();
    return found;
  }

  /** Whether a link is wrong, or becomes so within some looks, while all goes on: of what has not come out yet nothing is said. */
  async wrong(): Promise<boolean> {
    for (let look = 0; look < 25; look++) {
      if ((await this.#found()).some((fault) => fault.includes('is not the next'))) return true;
      await systemClock.sleep(milliseconds(200));
    }
    return false;
  }

  /** Loses a request, or the answer to it, at the worker; a producer is begun only where another has failed. */
  lose({ network }: ProxiedWorker, request: WriteRequest, way: Way): Promise<unknown> {
    const lost = network.lose(request, way);
    return request === 'init-producer-id' ? Promise.all([lost, network.lose('produce', 'answer')]) : lost;
  }

  /**
   * A request of the first worker is kept, and nothing else of it passes, until the other one has all partitions: when it waits for their
   * offsets, or when it has gone on from them. It is the one that ends a transaction, or the first of its kind in one. Gives the two bytes
   * of the answer at the place of its error code. @throws `LostUnheard` when it has lost them before, as on a machine that stood still.
   */
  async late(request: WriteRequest, when: 'others wait' | 'others go on'): Promise<number> {
    const [owner, other] = this.workers;
    if (owner === undefined || other === undefined) throw new Error('There are no two workers.');
    await this.atWork();
    const last = request === 'end-txn' ? undefined : owner.network.hold('end-txn', 'answer');
    if (last !== undefined) await isHere(last, owner);
    const held = owner.network.hold(request, 'request');
    last?.letGo();
    await isHere(held, owner);
    const thaw = owner.network.freeze();
    await other.until(() => other.owned === ALL && (other.live || when === 'others wait'));
    if (when === 'others go on') await other.commitsMore(1);
    held.letGo();
    const code = (await held.answer).readInt16BE(ERROR_AT);
    thaw();
    return code;
  }

  /** From now on the first worker ends as others do, but does not hear that it has lost its partitions, and nobody fences it. */
  async unfence(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
    this.workers[0] = new ProxiedWorker(this.#proxy, APPLICATION, SLOTS[0], unfenced);
    // On a slow machine it would take any transaction that is open for 0.3 s for one of a dead worker.
    this.workers[1] = new ProxiedWorker(this.#proxy, APPLICATION, SLOTS[1], blindToOthers);
  }

  async #found(): Promise<string[]> {
    const output = await logOf(this.#driver, 'checksums');
    return faultsOf(this.#feed, await logOf(this.#driver, 'numbers'), output);
  }
}

/** Resolves when the worker has sent it. One that never will leaves nothing behind that would keep what others send. */
async function isHere({ underWay, letGo }: Held, worker: ProxiedWorker): Promise<void> {
  try {
    await worker.until(happened(underWay));
  } catch (error) {
    letGo();
    throw error;
  }
}

/** Whether it has happened by now. */
export function happened(work: Promise<unknown>): () => boolean {
  let has = false;
  void work.then(() => (has = true));
  return () => has;
}
