import type { Figure } from '../measure.ts';
import type { BenchCluster } from './cluster.ts';
import type { RealOptions } from './options.ts';

export interface Bench {
  readonly cluster: BenchCluster;
  readonly options: RealOptions;
  readonly say: (line: string) => void;
}

/** One thing to measure on the real cluster; it empties the topics and the snapshots that it needs empty. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  run(bench: Bench): Promise<readonly Figure[]>;
}

/** A name that no group, transaction or snapshot had before. */
let names = 0;
export const freshName = (what: string): string => `${what}-${process.pid}-${++names}`;
