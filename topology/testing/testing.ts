/**
 * `sepsis-streams/testing`: what a test of a topology needs. What is not named here is inside, and may change.
 * A single step is a function and needs none of this.
 */
import type { Topology } from '../dsl/nodes.ts';
import type { TestDriverOptions } from './test-driver-options.ts';
import { TopologyTestDriver } from './topology-test-driver.ts';

export { MemoryBroker } from '../../connectors/memory/broker.ts';
export { MemoryDriver } from '../../connectors/memory/driver.ts';
export type { Request } from '../../connectors/memory/link.ts';
export {
  type Doing,
  FAULTS,
  type Fault,
  type FaultRates,
  type InjectedFault,
  USUAL,
} from '../../connectors/memory/simulation/faults.ts';
export type { SimulatedProcess } from '../../connectors/memory/simulation/process.ts';
export type { TestDeadLetter } from './dead-letters.ts';
export type { TestIgnored, TestRestore } from './observations.ts';
export type { TestOutput } from './read-back.ts';
export type { TestFault } from './script.ts';
export type { Parts } from './simulation/cluster.ts';
export { FAULT_POINTS, type FaultPoint } from './simulation/coverage.ts';
export { shrink } from './simulation/shrink.ts';
export {
  type SimulatedInput,
  type SimulateOptions,
  SimulationFailure,
  type SimulationReport,
  simulate,
} from './simulation/simulate.ts';
export type { TestDriverOptions } from './test-driver-options.ts';
export type { TestInput } from './test-input.ts';
export type { TopologyTestDriver } from './topology-test-driver.ts';

/**
 * Runs a topology on an in-memory Kafka: the same engine, transactions and partitions as in production, and no broker.
 *
 *     const driver = topologyTestDriver(wordCount);
 *     await driver.pipe(topics.lines, { value: 'to be or not to be' });
 *     await driver.run();
 *     driver.read(topics.counts); // [{ key: 'to', value: 1, ... }, ...]
 *     await driver.close();
 *
 * @throws StreamsError `topology-invalid`, listing every fault; `configuration` for options that contradict each other.
 */
export function topologyTestDriver(topology: Topology, options: TestDriverOptions = {}): TopologyTestDriver {
  return new TopologyTestDriver(topology, options);
}
