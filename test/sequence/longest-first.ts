import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take half a minute or about that, or more, the longest first: begun last, one of them would be waited for when all others
 * are done. A clean clone has no times of its own to go by.
 */
export const LONGEST: readonly string[] = [
  'test/oracle/mimic-reordered.test.ts',
  'test/end-to-end/mimic.test.ts',
  'test/topology/cluster/brokers.test.ts',
  'test/oracle/real-stack.test.ts',
  'test/oracle/simulated.test.ts',
  'test/topology/simulation/seeds.test.ts',
  'test/app/run/restart.test.ts',
  'test/oracle/mimic-as-is.test.ts',
  'test/connectors/platformatic/leaders.test.ts',
  'test/oracle/synthetic.test.ts',
  'test/app/run/partitions.test.ts',
  'test/topology/real/network.test.ts',
  'test/topology/real/kafkajs.test.ts',
  'test/app/topics/real-topics.test.ts',
  'test/topology/real/kill.test.ts',
  'test/topology/simulation/broken.test.ts',
  'test/connectors/kafkajs/driver.test.ts',
  'test/topology/real/fault-points.test.ts',
  'test/docker/stack/fhir.test.ts',
  'test/topology/real/zombie.test.ts',
  'test/docker/stack/kafka.test.ts',
  'test/topology/simulation/per-partition.test.ts',
  'test/docker/stack/stack.test.ts',
  'test/app/pagerduty/real-paging.test.ts',
  'test/connectors/pagerduty/storm.test.ts',
  'test/examples/alerts.test.ts',
];

/** The longest, and behind them the others in their order. */
export function longestFirst<F extends { readonly moduleId: string }>(files: readonly F[]): F[] {
  const rank = ({ moduleId }: F): number => {
    const at = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}`));
    return at < 0 ? LONGEST.length : at;
  };
  return files.toSorted((a, b) => rank(a) - rank(b));
}

/** The order of vitest, but for the longest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files));
  }
}
