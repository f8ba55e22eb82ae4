import type { Telemetry } from '../../topology/ports/telemetry.ts';

/** Counts what the engine tells of itself, by name and reason. */
export class Counted implements Telemetry {
  /** `<step>: <reason>` to how often. */
  readonly ignoredBy: Map<string, number> = new Map();
  readonly deadLetteredBy: Map<string, number> = new Map();
  readonly abortedBy: Map<string, number> = new Map();
  /** Restores that began from a snapshot, and records replayed from the log. */
  entriesRestored = 0;
  recordsReplayed = 0;

  consumed(): void {}

  ignored(step: string, reason: string): void {
    more(this.ignoredBy, `${step}: ${reason}`);
  }

  deadLettered(step: string, reason: string): void {
    more(this.deadLetteredBy, `${step}: ${reason}`);
  }

  produced(): void {}

  committed(): void {}

  aborted(reason: string): void {
    more(this.abortedBy, reason);
  }

  restored(_task: string, entries: number, replayed: number): void {
    this.entriesRestored += entries;
    this.recordsReplayed += replayed;
  }
}

function more(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
