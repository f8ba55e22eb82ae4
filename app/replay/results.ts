import type { Qsofa } from '../../operators/clinical/qsofa.ts';
import { countsOf } from '../../operators/patient-window/explain.ts';
import type { ReplaySummary } from '../console/replay-summary.ts';
import { alertLine } from './alert-line.ts';
import { EpisodeFold } from './episode-fold.ts';
import { factLines, type PatientState, stateLines } from './explain.ts';
import type { OutputDirectory } from './output-directory.ts';
import type { RoundResults } from './replayed-cluster.ts';
import { SortedLines } from './sorted-lines.ts';
import type { Sources } from './sources.ts';
import { Tally } from './tally.ts';
import type { TextFile } from './text-file.ts';

/** The figures of a summary that the results tell; the others are the input's and the machine's. */
export type Screened = Omit<
  ReplaySummary,
  'records' | 'used' | 'ignored' | 'seconds' | 'cpuSeconds' | 'recordsPerCpuSecond'
>;

const DAY = 86_400_000;
/** A patient with one value was observed for a moment; a rate over moments would say nothing. */
const LEAST_OBSERVED_MS = 3_600_000;

/** Gathers what comes out of the topology: writes it when there is a directory, and counts it in any case. */
export class Results {
  readonly deadLettered: Tally = new Tally();
  readonly #output: OutputDirectory | undefined;
  readonly #sources: Sources;
  readonly #fold = new EpisodeFold();
  readonly #alerts: TextFile[];
  readonly #deadLetters: SortedLines | undefined;

  constructor(output: OutputDirectory | undefined, sources: Sources, partitions: number) {
    this.#output = output;
    this.#sources = sources;
    // A file for each partition, since the rounds take turns and the result is by partition.
    this.#alerts = Array.from({ length: output === undefined ? 0 : partitions }, (_, partition) =>
      (output as OutputDirectory).scratch(`alerts-${partition}`),
    );
    this.#deadLetters = output === undefined ? undefined : new SortedLines(output, 'dead-letters');
  }

  add({ alerts, deadLetters }: RoundResults): void {
    for (const { partition, alert } of alerts) {
      this.#fold.add(alert);
      const file = this.#alerts[partition];
      if (file !== undefined) this.#output?.add(file, alertLine(alert, this.#sources));
    }
    for (const { fileIndex, offset, reason, line } of deadLetters) {
      this.deadLettered.add(reason);
      this.#deadLetters?.add(fileIndex, offset, line);
    }
  }

  /** Writes the tables that are known at the end. */
  write(): void {
    const output = this.#output;
    if (output === undefined) return;
    for (const file of this.#alerts) output.close(file);
    output.join('alerts.jsonl', this.#alerts);
    output.write('episodes.jsonl', jsonLines(this.#fold.episodes()));
    output.write('fires.jsonl', jsonLines(this.#fold.fires()));
    output.write('dead-letters.jsonl', this.#deadLetters?.lines() ?? []);
  }

  explain(patients: readonly PatientState[], windowMs: number, rule: Qsofa): void {
    this.#output?.write('facts.jsonl', factLines(patients, rule));
    this.#output?.write('states.jsonl', stateLines(patients, windowMs, rule));
  }

  counts(patients: readonly PatientState[]): Screened {
    const folded = this.#fold.counts;
    let screened = 0;
    let suspectedInfections = 0;
    let observedMs = 0;
    for (const [, state] of patients) {
      const counts = countsOf(state);
      if (counts.suspectedInfection) suspectedInfections++;
      if (counts.observedMs === undefined) continue;
      screened++;
      observedMs += Math.max(counts.observedMs, LEAST_OBSERVED_MS);
    }
    return {
      deadLettered: this.deadLettered.byReason,
      // Those who could be screened at all: with a usable vital sign.
      patients: screened,
      ...folded,
      suspectedInfections,
      pagesPerPatientDay: observedMs === 0 ? 0 : rounded((folded.fires * DAY) / observedMs, 4),
    };
  }
}

function* jsonLines(lines: Iterable<object>): Generator<string> {
  for (const line of lines) yield JSON.stringify(line);
}

export const rounded = (n: number, decimals: number): number => Number(n.toFixed(decimals));
