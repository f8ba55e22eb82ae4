import type { Telemetry } from '../../topology/ports/telemetry.ts';

/** Counts what the engine tells of itself, by name and reason. */
export class Counted implements Telemetry {
  /** `<step>: <reason>` to how often. */
  readonly ignoredBy: Map<string, number> = new Map();
  readonly deadLetteredBy: Map<string, number> = new Map();
  /** Topic to records handed to a task, again and again if a crash threw the work away. */
  readonly consumedOf: Map<string, number> = new Map();
  /** Entries taken from snapshots, and records replayed from the log. */
  entriesRestored = 0;
  recordsReplayed = 0;

  consumed(topic: string, records: number): void {
    this.consumedOf.set(topic, (this.consumedOf.get(topic) ?? 0) + records);
  }

  ignored(step: string, reason: string): void {
    more(this.ignoredBy, `${step}: ${reason}`);
  }

  deadLettered(step: string, reason: string): void {
    more(this.deadLetteredBy, `${step}: ${reason}`);
  }

  produced(): void {}

  committed(): void {}

  aborted(): void {}

  restored(_task: string, entries: number, replayed: number): void {
    this.entriesRestored += entries;
    this.recordsReplayed += replayed;
  }
}

function more(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
