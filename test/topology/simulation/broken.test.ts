import { describe, expect, test } from 'vitest';
import type { Parts } from '../../../topology/testing/simulation/cluster.ts';
import { shrink } from '../../../topology/testing/simulation/shrink.ts';
import {
  type SimulateOptions,
  SimulationFailure,
  simulate,
} from '../../../topology/testing/simulation/simulate.ts';
import { listing } from '../runtime/small-topologies.ts';
import { BROKEN } from './broken.ts';
import { BROKEN_CARRYING } from './broken-carrying.ts';
import { TAMPERED } from './tampered.ts';
import { wordLines } from './words.ts';

const INPUT = wordLines(60);
const LIMIT = 1_000;

/** The first seed that shows it, and what it showed; a worker that gives up because its slot is taken shows nothing. */
async function firstFailure(
  parts: () => Parts,
  options: Omit<SimulateOptions, 'seed' | 'parts'> = {},
): Promise<{ readonly seed: number; readonly failure: SimulationFailure }> {
  for (let seed = 0; seed < LIMIT; seed++) {
    try {
      await simulate(listing(), INPUT, { ...options, seed, parts: parts() });
    } catch (error) {
      if (!(error instanceof SimulationFailure)) throw error;
      if (!error.message.includes('has taken the slot')) return { seed, failure: error };
    }
  }
  throw new Error(`${LIMIT} seeds did not show it.`);
}

describe('the simulation sees an engine in which', () => {
  test.for(Object.entries({ ...BROKEN, ...BROKEN_CARRYING }))('%s', async ([name, { parts, faults }]) => {
    const { seed, failure } = await firstFailure(parts, faults === undefined ? {} : { faults });
    process.stdout.write(`${seed + 1} seeds: ${name}: ${failure.message.split('\n')[0]?.slice(0, 160)}\n`);
    expect(failure.message).toMatch(/^Seed \d+, \d+ ms, event \d+: /);
  });
});

describe('the judge sees outputs that were tampered with on the way to the log, without any fault:', () => {
  test.for(Object.entries(TAMPERED))('%s', async ([, parts]) => {
    const { failure } = await firstFailure(parts, { faults: 'none' });
    expect(failure.message).toMatch(/was to write now|are not in the log|the fold of its input has/);
  });
});

test('a failing seed names its last faults, and shrinks to fewer that still fail', async () => {
  const parts = BROKEN['offsets are fenced by the group id alone']?.parts ?? (() => ({}));
  const { seed, failure } = await firstFailure(parts);
  expect(failure.message).toContain('The last faults:');
  const options = { seed, parts: parts() };
  const { failure: least, skip } = await shrink(listing(), INPUT, options, failure);
  expect(least.report.faults.length).toBeLessThan(failure.report.faults.length);
  // What is left fails again, and just so.
  await expect(simulate(listing(), INPUT, { seed, parts: parts(), skip })).rejects.toThrow(least.message);
});
