import { silent, type Telemetry } from '../ports/telemetry.ts';

/** How often a step said that a record is not for us, by reason. */
export interface TestIgnored {
  readonly step: string;
  readonly reason: string;
  readonly count: number;
}

/** How a task came by its state when it was taken over. */
export interface TestRestore {
  /** Sub-topology and partition: `1_0`. */
  readonly task: string;
  /** The instance that took it over, from 0. */
  readonly instance: number;
  /** Keys whose state came from a snapshot. */
  readonly fromSnapshot: number;
  /** Records of the log that were replayed, after the snapshot or from the beginning. */
  readonly fromLog: number;
}

/** What the engine told of itself during a test. */
export class Observations {
  readonly #ignored = new Map<string, TestIgnored>();
  #restored: TestRestore[] = [];
  #aborted: string[] = [];

  telemetryOf(instance: number): Telemetry {
    return {
      ...silent,
      ignored: (step, reason) => {
        const of = JSON.stringify([step, reason]);
        this.#ignored.set(of, { step, reason, count: (this.#ignored.get(of)?.count ?? 0) + 1 });
      },
      aborted: (reason) => this.#aborted.push(reason),
      restored: (task, fromSnapshot, fromLog) => {
        if (fromSnapshot > 0 || fromLog > 0) this.#restored.push({ task, instance, fromSnapshot, fromLog });
      },
    };
  }

  ignored(): readonly TestIgnored[] {
    return [...this.#ignored.values()];
  }

  /** Since the last call, by task. */
  restored(): readonly TestRestore[] {
    const restored = this.#restored;
    this.#restored = [];
    return restored.toSorted((a, b) => (a.task < b.task ? -1 : a.task > b.task ? 1 : 0));
  }

  /** Since the last call. */
  aborted(): readonly string[] {
    const aborted = this.#aborted;
    this.#aborted = [];
    return aborted;
  }
}
