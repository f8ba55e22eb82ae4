import { silent, type Telemetry } from '../../topology/ports/telemetry.ts';

/** Counts of what the topology decided, from its own telemetry: only what is committed is in them. */
export class Tally {
  ignored = 0;
  readonly deadLettered: Record<string, number> = {};

  /** What to hand to the engine. */
  readonly telemetry: Telemetry = {
    ...silent,
    ignored: () => {
      this.ignored++;
    },
    deadLettered: (_step, reason) => {
      this.deadLettered[reason] = (this.deadLettered[reason] ?? 0) + 1;
    },
  };

  get dead(): number {
    return Object.values(this.deadLettered).reduce((sum, n) => sum + n, 0);
  }
}
