import { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import { fraction, mostlySmall } from '../../../connectors/memory/simulation/chance.ts';
import type { FaultPlan } from '../../../connectors/memory/simulation/faults.ts';
import { SimulatedProcess } from '../../../connectors/memory/simulation/process.ts';
import {
  RemoteSnapshotStore,
  UnreliableSnapshotStore,
} from '../../../connectors/memory/simulation/snapshot-store.ts';
import { VirtualTime, virtualClock } from '../../../connectors/memory/simulation/virtual-time.ts';
import type { Topology } from '../../dsl/nodes.ts';
import { subTopologies } from '../../dsl/sub-topologies.ts';
import { isStreamsError } from '../../model/errors.ts';
import { milliseconds, seconds } from '../../model/time.ts';
import type { KafkaDriver } from '../../ports/kafka-driver.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Guarantee, Limits, WorkerSettings } from '../../runtime/settings.ts';
import { Worker } from '../../runtime/worker.ts';
import { observed } from './observed-driver.ts';
import { Ownership } from './ownership.ts';
import { Violation } from './violation.ts';

export const APPLICATION = 'simulated';
export const DEAD_LETTERS = 'simulated.dead-letters';

/** Small and short, so that everything happens often; in the proportions of a real cluster. */
export const SIMULATED_LIMITS: Partial<Limits> = {
  pollRecords: 6,
  commitInterval: milliseconds(30),
  transactionTimeout: seconds(1),
  sessionTimeout: milliseconds(1_500),
  rebalanceTimeout: milliseconds(1_500),
  revokeTimeout: milliseconds(700),
  pollWait: milliseconds(150),
  snapshotRecords: 8,
  snapshotInterval: milliseconds(400),
};

const HEARTBEAT = milliseconds(150);
/** How often the cluster looks for what is over: sessions, and transactions as a real broker every 10 s. */
const SESSIONS = 100;
const TRANSACTIONS = 2_000;
const LONGEST_RESTART = 2_500;
/** Taken before a test may put another in its place. */
const afterwards = setImmediate;

/** A worker as it is made in a simulated process; a test may put a broken part in. */
export interface Parts {
  readonly driver?: (broker: MemoryBroker, process: SimulatedProcess) => KafkaDriver;
  readonly settings?: (settings: WorkerSettings) => WorkerSettings;
  readonly started?: (worker: Worker, slot: string) => void;
}

export interface ClusterSettings {
  readonly topology: Topology;
  readonly seed: number;
  readonly partitions: number;
  readonly instances: number;
  readonly faults: FaultPlan;
  readonly limits: Partial<Limits>;
  readonly guarantee: Guarantee;
  readonly parts: Parts;
  readonly telemetry: Telemetry;
}

interface Instance {
  readonly process: SimulatedProcess;
  readonly worker: Worker;
}

/** Processes, brokers and a snapshot store on virtual time, and a supervisor that starts what died. */
export class SimulatedCluster {
  readonly time: VirtualTime = new VirtualTime();
  readonly broker: MemoryBroker;
  readonly snapshots: UnreliableSnapshotStore = new UnreliableSnapshotStore();
  readonly #settings: ClusterSettings;
  readonly #ownership = new Ownership();
  readonly #instances = new Map<string, Instance>();
  readonly #started = new Map<string, number>();
  #markers = 0;
  #stopping = false;
  #violation: Violation | undefined;

  constructor(settings: ClusterSettings) {
    this.#settings = settings;
    const { seed, topology, partitions } = settings;
    this.broker = new MemoryBroker({
      clock: virtualClock(this.time),
      markers: (write) => {
        const name = `marker ${this.#markers++}`;
        // Some take their time: then the next transaction of the producer and the readers of the offsets must wait.
        const late = fraction(seed, `${name} late`) < 0.03 ? 300 : 0;
        this.time.after(late + mostlySmall(seed, name, 0.5, 30), write);
      },
    });
    const subs = subTopologies(topology);
    const names = subs.flatMap(({ sources, sinks }) => [...sources, ...sinks].map(({ name }) => name));
    this.broker.createTopics([...new Set([...names, DEAD_LETTERS])].map((name) => ({ name, partitions })));
    this.#every(SESSIONS, () => this.broker.tick());
    this.#every(TRANSACTIONS, () => this.broker.expireTransactions());
  }

  get slots(): readonly string[] {
    return Array.from({ length: this.#settings.instances }, (_, i) => `slot-${i}`);
  }

  /** Slots in which a process runs that is not frozen. */
  get running(): number {
    return [...this.#instances.values()].filter(({ process }) => !process.dead && !process.frozen).length;
  }

  /** One event, and all that follows from it at the same instant. @throws Violation that was found in it. */
  async step(): Promise<void> {
    this.time.step();
    await new Promise<void>((resolve) => afterwards(resolve));
    if (this.#violation !== undefined) throw this.#violation;
  }

  /** Starts a process in a slot, beside one that may still run there. */
  start(slot: string): void {
    const { seed, topology, faults, parts, limits, telemetry, guarantee } = this.#settings;
    const number = this.#started.get(slot) ?? 0;
    this.#started.set(slot, number + 1);
    const process = new SimulatedProcess({
      slot,
      number,
      seed,
      time: this.time,
      faults,
      heartbeat: HEARTBEAT,
      onCrash: (crashed) => this.#crashed(slot, crashed),
      onFreeze: (frozen, forMs) => this.#frozen(slot, frozen, forMs),
    });
    const driver = parts.driver?.(this.broker, process) ?? new MemoryDriver(this.broker, process);
    const settings: WorkerSettings = {
      topology,
      driver: observed(driver, process, this.#ownership, (violation) => {
        this.#violation ??= violation;
      }),
      clock: process.clock,
      snapshots: new RemoteSnapshotStore(this.snapshots, process.link),
      telemetry,
      application: APPLICATION,
      slot,
      deadLetters: DEAD_LETTERS,
      guarantee,
      limits,
    };
    const worker = new Worker(parts.settings?.(settings) ?? settings);
    const instance = { process, worker };
    this.#instances.set(slot, instance);
    parts.started?.(worker, slot);
    worker.run().then(
      () => this.#ended(slot, instance, undefined),
      (error: unknown) => this.#ended(slot, instance, error),
    );
  }

  crash(slot: string): void {
    this.#instances.get(slot)?.process.crash();
  }

  freeze(slot: string, forMs: number): void {
    this.#instances.get(slot)?.process.freeze(forMs);
  }

  /** Ends a worker in good order; the supervisor starts the next one. */
  restart(slot: string): void {
    void this.#instances.get(slot)?.worker.stop();
  }

  /** Ends all workers in good order, and starts none any more. */
  stop(): void {
    this.#stopping = true;
    for (const { worker } of this.#instances.values()) void worker.stop();
  }

  #every(ms: number, run: () => void): void {
    this.time.after(ms, () => {
      run();
      this.#every(ms, run);
    });
  }

  #crashed(slot: string, process: SimulatedProcess): void {
    if (this.#instances.get(slot)?.process !== process) return;
    this.#instances.delete(slot);
    this.#startSoon(slot, process.name);
  }

  /** Of those that are frozen for long some are given up: another process runs under their name when they come back. */
  #frozen(slot: string, process: SimulatedProcess, forMs: number): void {
    if (forMs < 2_000 || fraction(this.#settings.seed, `${process.name} given up`) > 0.3) return;
    if (this.#instances.get(slot)?.process !== process) return;
    this.#instances.delete(slot);
    this.#startSoon(slot, process.name);
  }

  #startSoon(slot: string, name: string): void {
    const after = mostlySmall(this.#settings.seed, `${name} restart`, 20, LONGEST_RESTART);
    this.time.after(after, () => {
      if (!this.#stopping && !this.#instances.has(slot)) this.start(slot);
    });
  }

  #ended(slot: string, instance: Instance, error: unknown): void {
    const current = this.#instances.get(slot) === instance;
    if (current) this.#instances.delete(slot);
    // One was given up while it was frozen, and came back: of two under one name one is told that it is taken.
    const rivals = (this.#started.get(slot) ?? 0) > 1;
    const expected = isStreamsError(error) && error.code === 'instance-fenced' && rivals;
    if (error !== undefined && !expected) {
      this.#violation ??= new Violation(
        `The worker of ${instance.process.name} ended by itself: ${error instanceof Error ? error.message : 'no error was thrown'}`,
        error,
      );
    }
    if (current && !this.#stopping) this.#startSoon(slot, instance.process.name);
  }
}
