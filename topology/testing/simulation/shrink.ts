import type { Topology } from '../../dsl/nodes.ts';
import { type SimulatedInput, type SimulateOptions, SimulationFailure, simulate } from './simulate.ts';

/** Runs at most; each may take as long as the first. */
const TRIES = 200;

/**
 * Takes faults out of a run that fails, in halves and then one by one, as long as it still fails: what is left is
 * close to the least that it takes. Gives the last failure, whose report names the faults, and what was left out.
 */
export async function shrink(
  topology: Topology,
  input: readonly SimulatedInput[],
  options: SimulateOptions,
  failure: SimulationFailure,
): Promise<{ readonly failure: SimulationFailure; readonly skip: ReadonlySet<string> }> {
  let best = failure;
  let skip: ReadonlySet<string> = new Set(options.skip);
  let size = Math.ceil(best.report.faults.length / 2);
  for (let tries = 0; tries < TRIES && size >= 1; ) {
    let smaller = false;
    for (let from = 0; from < best.report.faults.length && tries < TRIES; from += size, tries++) {
      const without = new Set([...skip, ...best.report.faults.slice(from, from + size).map(({ id }) => id)]);
      const failed = await failureOf(topology, input, { ...options, skip: without });
      if (failed === undefined) continue;
      [best, skip, smaller] = [failed, without, true];
      break;
    }
    if (!smaller) size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return { failure: best, skip };
}

async function failureOf(
  topology: Topology,
  input: readonly SimulatedInput[],
  options: SimulateOptions,
): Promise<SimulationFailure | undefined> {
  try {
    await simulate(topology, input, options);
    return undefined;
  } catch (error) {
    if (error instanceof SimulationFailure) return error;
    throw error;
  }
}
