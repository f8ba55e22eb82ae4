import { expect } from 'vitest';
import type { Restarts } from './restarts.ts';
import type { Run } from './screening-run.ts';

/** The restarts of a run were real: work was torn, thrown away and done again, and state came back as it should. */
export function expectRestarted({ inFlight, again, counted }: Run, restarts: Restarts): void {
  if (restarts === 'none') return;
  expect(inFlight.filter((records) => records > 0).length).toBeGreaterThan(1);
  expect(again, 'records were processed and not committed').toBeGreaterThan(0);
  expect(counted.recordsReplayed).toBeGreaterThan(0);
  if (restarts === 'with snapshots') expect(counted.entriesRestored).toBeGreaterThan(0);
  else expect(counted.entriesRestored).toBe(0);
}
