import { chance, fraction } from '../../../connectors/memory/simulation/chance.ts';
import {
  DISTURBANCES,
  FaultPlan,
  type FaultRates,
  type InjectedFault,
  NONE,
  USUAL,
} from '../../../connectors/memory/simulation/faults.ts';
import type { Topology } from '../../dsl/nodes.ts';
import { subTopologies } from '../../dsl/sub-topologies.ts';
import { assertValid } from '../../dsl/validate.ts';
import { StreamsError } from '../../model/errors.ts';
import type { KafkaRecord, OutgoingRecord } from '../../model/record.ts';
import { silent } from '../../ports/telemetry.ts';
import type { Guarantee, Limits } from '../../runtime/settings.ts';
import { assertCount } from '../test-driver-options.ts';
import { APPLICATION, DEAD_LETTERS, type Parts, SIMULATED_LIMITS, SimulatedCluster } from './cluster.ts';
import { coverageOf, type FaultPoint } from './coverage.ts';
import { Judge } from './judge.ts';
import { Violation } from './violation.ts';

/** A record of the input; it is produced at a time of its own, in the order given. */
export interface SimulatedInput extends Pick<OutgoingRecord, 'key' | 'value' | 'headers' | 'partition'> {
  readonly topic: string;
  /** Virtual time when not given. */
  readonly timestamp?: number;
}

export interface SimulateOptions {
  readonly seed: number;
  /** `usual` when not given: every request may go wrong, those that decide exactly once more often. */
  readonly faults?: FaultRates | 'usual' | 'none';
  readonly instances?: number;
  readonly partitions?: number;
  readonly limits?: Partial<Limits>;
  /** `exactly-once` when not given. */
  readonly guarantee?: Guarantee;
  /** Ids of faults to leave out, as a failure names them. */
  readonly skip?: ReadonlySet<string>;
  /** Parts to put in place of the engine's own, for showing that a fault of theirs is seen. */
  readonly parts?: Parts;
}

export interface SimulationReport {
  readonly seed: number;
  readonly events: number;
  readonly virtualMs: number;
  readonly faults: readonly InjectedFault[];
  /** How often each named point of a commit, a snapshot, a restore and a revocation was hit by a fault. */
  readonly coverage: ReadonlyMap<FaultPoint, number>;
  readonly commits: number;
  readonly restores: number;
  /** What a topic holds that is committed, by partition and offset. */
  readonly records: (topic: string) => readonly (KafkaRecord & { readonly partition: number })[];
}

/** The engine broke its word under this seed. */
export class SimulationFailure extends Error {
  readonly report: SimulationReport;
  constructor(message: string, report: SimulationReport, cause: unknown) {
    super(message, { cause });
    this.name = 'SimulationFailure';
    this.report = report;
  }
}

/** Faults and input go on for so long, virtual milliseconds; then everything must settle within the patience. */
const TROUBLE = 5_000;
const PATIENCE = 60_000;
const DISTURBED = 6;
const LONGEST_FREEZE = 4_000;
const ALL = Number.POSITIVE_INFINITY;

/**
 * Runs a topology on a simulated cluster: several workers, an honest Kafka, a snapshot store, virtual time, and faults
 * that follow from the seed. After every event what is committed must be the fold of the committed input, exactly once
 * and in order per key, and when the faults stop everything must be processed.
 * @throws SimulationFailure with what was violated and the seed that shows it again; StreamsError `topology-invalid`, and
 * `configuration` for a topic that the topology does not read, before anything runs.
 */
export async function simulate(
  topology: Topology,
  input: readonly SimulatedInput[],
  options: SimulateOptions,
): Promise<SimulationReport> {
  const { seed, faults = 'usual', instances = 3, partitions = 3, skip, parts = {} } = options;
  const { guarantee = 'exactly-once' } = options;
  const rates = faults === 'usual' ? USUAL : faults === 'none' ? NONE : faults;
  assertValid(topology);
  assertCount('instances', instances);
  assertCount('partitions', partitions);
  assertRead(topology, input);
  const plan = new FaultPlan(seed, rates, skip);
  const counted = { commits: 0, restores: 0, events: 0 };
  const cluster = new SimulatedCluster({
    topology,
    seed,
    partitions,
    instances,
    faults: plan,
    guarantee,
    limits: { ...SIMULATED_LIMITS, ...options.limits },
    parts,
    telemetry: {
      ...silent,
      committed: () => counted.commits++,
      restored: () => counted.restores++,
    },
  });
  const { broker, time, snapshots } = cluster;
  const judge = new Judge({
    topology,
    broker,
    application: APPLICATION,
    partitions,
    deadLetters: DEAD_LETTERS,
    snapshots,
    guarantee,
  });
  const report = (): SimulationReport => ({
    seed,
    ...counted,
    virtualMs: Math.round(time.now),
    faults: plan.injected,
    coverage: coverageOf(plan.injected),
    records: (topic) =>
      Array.from({ length: partitions }, (_, partition) =>
        broker
          .log({ topic, partition })
          .read(0, ALL, ALL, { committed: true })
          .records.map((record) => ({ ...record, partition })),
      ).flat(),
  });
  produce(cluster, input, seed);
  cluster.slots.forEach((slot, i) => time.after(chance(seed, `start ${i}`) % 400, () => cluster.start(slot)));
  if (rates.kinds.length > 0) disturb(cluster, seed, plan);
  try {
    for (; time.now < TROUBLE; counted.events++) {
      await cluster.step();
      judge.check();
    }
    plan.over = true;
    const writing = (): boolean => broker.state.transactions.pendingMarkers().length > 0;
    for (; judge.lag > 0 || writing(); counted.events++) {
      if (time.now > TROUBLE + PATIENCE)
        throw new Violation(
          `${judge.lag} records of input were not committed ${PATIENCE} ms after the last fault; ${cluster.running} of ${instances} workers run.`,
        );
      await cluster.step();
      judge.check();
    }
    cluster.stop();
    const stopped = time.now + PATIENCE / 20;
    // A worker that had stood still may have begun something only now.
    for (; time.now < stopped || (writing() && time.now < stopped + PATIENCE); counted.events++) {
      await cluster.step();
      judge.check();
    }
    await judge.end();
  } catch (error) {
    const done = report();
    const what = error instanceof Error ? error.message : String(error);
    const last = plan.injected
      .slice(-12)
      .map(({ id, fault, at }) => `  ${Math.round(at)} ms  ${fault}  ${id}`);
    throw new SimulationFailure(
      `Seed ${seed}, ${Math.round(time.now)} ms, event ${counted.events}: ${what}\nThe last faults:\n${last.join('\n')}`,
      done,
      error,
    );
  }
  return report();
}

function assertRead(topology: Topology, input: readonly SimulatedInput[]): void {
  const read = new Set(subTopologies(topology).flatMap(({ sources }) => sources.map(({ name }) => name)));
  const other = input.find(({ topic }) => !read.has(topic));
  if (other === undefined) return;
  const what = `The topology reads no topic ${other.topic}; it reads ${[...read].join(', ')}.`;
  throw new StreamsError('configuration', what);
}

/** The input comes in bursts while there is trouble. */
function produce({ broker, time }: SimulatedCluster, input: readonly SimulatedInput[], seed: number): void {
  const step = (TROUBLE * 4) / (input.length + 1);
  let at = 0;
  for (let from = 0; from < input.length; ) {
    let to = from + 1;
    while (to < input.length && fraction(seed, `burst ${to}`) >= 0.2) to++;
    const burst = input.slice(from, to);
    at += fraction(seed, `pause ${from}`) * step * (to - from) * 0.4;
    time.after(Math.min(at, TROUBLE - 500), () => {
      for (const { topic, ...record } of burst) broker.append(topic, [{ timestamp: time.now, ...record }]);
    });
    from = to;
  }
}

/** Disturbances at times of their own. */
function disturb(cluster: SimulatedCluster, seed: number, plan: FaultPlan): void {
  const { time, snapshots, slots } = cluster;
  for (let i = 0; i < DISTURBED; i++) {
    const id = `disturbance ${i}`;
    const drawn = (what: string): number => chance(seed, `${id} ${what}`);
    const fault = DISTURBANCES[drawn('kind') % DISTURBANCES.length];
    time.after(drawn('when') % TROUBLE, () => {
      const slot = slots[drawn('slot') % slots.length] ?? '';
      const key = snapshots.keys[drawn('key') % Math.max(1, snapshots.keys.length)];
      if (fault === undefined || !plan.disturbs(id, fault, time.now)) return;
      if (fault === 'crash') cluster.crash(slot);
      else if (fault === 'freeze') cluster.freeze(slot, drawn('long') % LONGEST_FREEZE);
      else if (fault === 'restart') cluster.restart(slot);
      else if (key === undefined) return;
      else if (fault === 'snapshot fail-over') void snapshots.failOver(key, 1 + (drawn('lost') % 3));
      else if (fault === 'snapshot lost') void snapshots.drop(key);
      else void snapshots.corrupt(key, drawn('byte'));
    });
  }
}
