import type { Figure } from '../measure.ts';

const WANTED: readonly (readonly [name: string, part: number])[] = [
  ['p50', 0.5],
  ['p99', 0.99],
  ['p99.9', 0.999],
];

/** A value that this part of the samples does not exceed. */
export function percentile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** p50, p99 and p99.9 of each run's milliseconds, and the worst. */
export function latencyFigures(name: string, runs: readonly (readonly number[])[]): Figure[] {
  const figures = WANTED.map(([which, part]) => ({
    name: `${name}, ${which}`,
    unit: 'ms',
    samples: runs.map((run) => percentile(run, part)),
  }));
  return [...figures, { name: `${name}, most`, unit: 'ms', samples: runs.map((run) => Math.max(...run)) }];
}
