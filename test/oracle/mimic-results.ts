import { readFileSync } from 'node:fs';
import { openBlock } from '../../operators/patient-window/block.ts';
import { readContext, suspectedInfection } from '../../operators/patient-window/context-facts.ts';
import { CONTEXT, sectionOf } from '../../operators/patient-window/tail.ts';
import { difference } from './comparison.ts';
import type { EpisodeLine, FireLine, PidOf, StateLine } from './results.ts';
import type { Run } from './screening-run.ts';
import { jsonLinesOf, sharedPath } from './shared-files.ts';

const NAME = 'mimic3demo-gcs-exclude';

interface Summary {
  readonly events: number;
  readonly events_by_kind: Readonly<Record<string, number>>;
  readonly any: Counts;
  readonly latest: Counts;
}

interface Counts {
  readonly states: number;
  readonly episodes: number;
  readonly fires: number;
  readonly escalations: number;
  readonly patients_positive: number;
}

interface Pair {
  readonly onset_date: string;
  readonly other_date: string;
}

export interface MimicResults {
  readonly any: {
    readonly episodes: readonly EpisodeLine[];
    readonly fires: readonly FireLine[];
    readonly states: readonly StateLine[];
  };
  readonly latestStates: readonly StateLine[];
  readonly summary: Summary;
  /** The pairs of culture and antibiotic of each patient who has any. */
  readonly infections: Readonly<Record<string, readonly Pair[]>>;
}

export function mimicResults(): MimicResults {
  const path = (file: string): string => sharedPath('oracle/mimic-iii-demo', file);
  const read = (file: string): string => readFileSync(path(file), 'utf8');
  const summary: Summary = JSON.parse(read(`${NAME}.summary.json`));
  const infections: Readonly<Record<string, readonly Pair[]>> = JSON.parse(read('suspected_infection.json'));
  return {
    any: {
      episodes: jsonLinesOf<EpisodeLine>(path(`${NAME}.any.episodes.jsonl.gz`)),
      fires: jsonLinesOf<FireLine>(path(`${NAME}.any.fires.jsonl.gz`)),
      states: jsonLinesOf<StateLine>(path(`${NAME}.any.states.jsonl.gz`)),
    },
    latestStates: jsonLinesOf<StateLine>(path(`${NAME}.latest.states.jsonl.gz`)),
    summary,
    infections,
  };
}

export interface InfectionLine {
  readonly pid: string;
  readonly onset: string;
  readonly other: string;
}

const dayOf = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10);

/** The newest suspected infection of each patient, from the final state. */
export const infectionsHeld = ({ patients }: Pick<Run, 'patients'>, pidOf: PidOf): InfectionLine[] =>
  [...patients].flatMap(([patient, state]) => {
    const newest = suspectedInfection(readContext(sectionOf(openBlock(state), CONTEXT)));
    return newest === undefined
      ? []
      : [{ pid: pidOf(patient), onset: dayOf(newest.onsetDay), other: dayOf(newest.otherDay) }];
  });

/** The newest pair of each patient: by the earlier day, then by the later one. */
const newestInfections = ({ infections }: MimicResults): InfectionLine[] =>
  Object.entries(infections).flatMap(([pid, pairs]) => {
    const [newest] = pairs.toSorted(
      (a, b) => b.onset_date.localeCompare(a.onset_date) || b.other_date.localeCompare(a.other_date),
    );
    return newest === undefined ? [] : [{ pid, onset: newest.onset_date, other: newest.other_date }];
  });

export const infectionDifference = (got: readonly InfectionLine[], want: readonly InfectionLine[]): string =>
  difference('suspected infections', got, want, ({ pid, onset, other }) =>
    JSON.stringify({ pid, onset, other }),
  );

/** How the suspected infections of a run differ from the oracle's; empty: not at all. */
export const infectionsDiffer = (done: Pick<Run, 'patients'>, pidOf: PidOf, want: MimicResults): string =>
  infectionDifference(infectionsHeld(done, pidOf), newestInfections(want));
