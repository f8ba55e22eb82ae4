import type { ClinicalEvent } from '../schemas/generated/clinical-event.ts';
import { DeadLetter, Ignored } from '../topology/model/outcome.ts';
import type { FoldRecord } from '../topology/model/record.ts';
import { type Fold, type FoldResult, nothing } from '../topology/model/step.ts';
import { type Duration, hours } from '../topology/model/time.ts';
import { episodesFrom, freeze } from './clinical/episode.ts';
import type { Qsofa } from './clinical/qsofa.ts';
import {
  type Block,
  emptyBlock,
  mayBePositive,
  newestUsable,
  openBlock,
  writeBlock,
} from './patient-window/block.ts';
import {
  contextFactOf,
  encounterOf,
  lastLactate,
  type PatientContext,
  readContext,
  suspectedInfection,
  withFact,
  withoutOld,
  writeContext,
} from './patient-window/context-facts.ts';
import { notedEncounter, noteEncounter } from './patient-window/encounter-reference.ts';
import { intervalsOf, seriesOfBlock } from './patient-window/facts.ts';
import { readFrozen, writeFrozen } from './patient-window/frozen.ts';
import {
  type PatientScreen,
  type ScreenContext,
  type ScreenEncounter,
  screenEpisode,
} from './patient-window/screen.ts';
import { type Cap, countUpTo, evict, overCap, splice } from './patient-window/splice.ts';
import { CONTEXT, FROZEN, sectionLength, sectionOf, setSection } from './patient-window/tail.ts';

export interface ScorePatient {
  readonly rule: Qsofa;
  /** The closed window in which criteria must meet. */
  readonly window: Duration;
  /** How far behind the patient's newest vital sign another may lie and still count. */
  readonly lateness: Duration;
  /** Bound on what one patient may hold. */
  readonly cap: Cap;
  /** `all` keeps facts for ever, for an explanation afterwards; what they say about settled times changes nothing. */
  readonly retain: 'window' | 'all';
}

/** Seymour 2016 and the seed: "two or more criteria within six hours". */
export const WINDOW: Duration = hours(6);
/** The longest delay seen in real charting is 23 h (MIMIC-III demo). */
export const LATENESS: Duration = hours(24);
/** 30 h at a value a minute are 1,800 facts: room for several monitors. */
export const CAP: Cap = { met: 2_048, ids: 16_384 };
/** Suspected infection looks back 3 days between culture and antibiotic; dates add up to one. */
const CONTEXT_HORIZON = 4 * 24 * 3_600_000;

const SUPERSEDED = new Ignored('superseded');
const UNKNOWN_KIND = new Ignored('unknown-kind');

/**
 * Keeps each patient's facts of the window and its lateness, and emits, on every change of it, the complete list
 * of the patient's episodes. The answer depends on the facts alone, never on the order in which they arrive.
 */
export function scorePatient(options: ScorePatient): Fold<Uint8Array, ClinicalEvent, PatientScreen> {
  return { step: (state, record) => step(state, record, options) };
}

function step(
  state: Uint8Array | undefined,
  record: FoldRecord<ClinicalEvent>,
  options: ScorePatient,
): FoldResult<Uint8Array, PatientScreen> {
  const event = record.value;
  if (event.kind === 'UNKNOWN' || event.kind === 'TICK') return [state, [UNKNOWN_KIND]];
  const block = state === undefined ? emptyBlock() : openBlock(state);
  const frontier = frontierOf(block, options.lateness);
  let changed = false;
  let verdict: DeadLetter | Ignored | undefined;
  if (event.kind === 'VITAL_SIGNS' || (event.kind === 'RETRACTION' && event.resourceType === 'OBSERVATION')) {
    const horizon = horizonOf(frontier, options);
    const time = event.time ?? event.arrival ?? Math.max(block.highWater, 0);
    const { bytes: before, highWater, first } = block;
    const outcome = splice(
      block,
      event,
      time,
      { horizon, lateBefore: block.highWater - options.lateness },
      options.rule,
    );
    const spliced = block.bytes !== before;
    changed = spliced || block.highWater !== highWater || block.first !== first;
    if (outcome === 'superseded' && event.measurements.length > 0) verdict = SUPERSEDED;
    if (outcome === 'late') verdict = lateOf(event, block, options);
    if (outcome === 'beyond-cap') {
      block.capped++;
      changed = true;
    }
    if (spliced) noteEncounter(block, event);
  }
  const fact = contextFactOf(event);
  let context: PatientContext | undefined;
  if (fact !== undefined) {
    const before = readContext(sectionOf(block, CONTEXT));
    context = withoutOld(withFact(before, fact), contextHorizon(block, options));
    if (context !== before) {
      setSection(block, CONTEXT, writeContext(context));
      changed = true;
    }
  }
  if (!changed) return [state, verdict === undefined ? nothing : [verdict]];
  const screen = settle(block, frontier, record, options, context);
  const next = writeBlock(block);
  if (screen === undefined) return [next, verdict === undefined ? nothing : [verdict]];
  return [next, verdict === undefined ? [screen] : [screen, verdict]];
}

/** Times before the frontier are settled: no fact that may still come can change them. */
const frontierOf = (block: Block, lateness: Duration): number =>
  Math.max(block.highWater - lateness, block.capFrontier);

/** One millisecond more than the window: an episode that ends at the frontier is still told, with what it ended on. */
const horizonOf = (frontier: number, options: ScorePatient): number =>
  options.retain === 'all' ? Number.NEGATIVE_INFINITY : frontier - options.window - 1;

const contextHorizon = (block: Block, { lateness, retain }: ScorePatient): number =>
  retain === 'all' || !Number.isFinite(lateness)
    ? Number.NEGATIVE_INFINITY
    : block.highWater - CONTEXT_HORIZON;

/** Episodes of the block, told downstream when there are any or were any; then lets go of what is settled. */
function settle(
  block: Block,
  frontier: number,
  record: FoldRecord<ClinicalEvent>,
  options: ScorePatient,
  context: PatientContext | undefined,
): PatientScreen | undefined {
  const dropped =
    Number.isFinite(options.lateness) && options.retain === 'window'
      ? overCap(block, options.cap)
      : Number.NEGATIVE_INFINITY;
  if (dropped !== Number.NEGATIVE_INFINITY) {
    block.capFrontier = Math.max(block.capFrontier, dropped + options.window + 2);
    block.capped += countUpTo(block, dropped);
  }
  const next = frontierOf(block, options.lateness);
  const screen =
    block.attention || sectionLength(block, FROZEN) > 0 || mayBePositive(block, options.rule.positiveAt)
      ? judge(block, frontier, next, record, options, context)
      : undefined;
  evict(block, horizonOf(next, options));
  return screen;
}

function judge(
  block: Block,
  frontier: number,
  next: number,
  record: FoldRecord<ClinicalEvent>,
  options: ScorePatient,
  known: PatientContext | undefined,
): PatientScreen | undefined {
  const { rule, window } = options;
  const series = seriesOfBlock(block, rule);
  const episodes = episodesFrom(
    intervalsOf(series, window, rule),
    rule.positiveAt,
    frontier,
    readFrozen(sectionOf(block, FROZEN)),
  );
  if (episodes.length === 0 && !block.attention) return undefined;
  if (next > frontier) setSection(block, FROZEN, writeFrozen(freeze(episodes, next)));
  const held = newestUsable(block);
  // Everything that may still change was withdrawn; what is settled stays told, as of when it settled.
  const newest = held === Number.NEGATIVE_INFINITY ? Math.min(next, block.highWater) : held;
  // The hard cap may settle an episode whose end is yet to come: someone waits to hear that it has.
  block.attention = episodes.length > 0 || next > newest;
  const event = record.value;
  const context = known ?? readContext(sectionOf(block, CONTEXT));
  return {
    patient: record.key,
    rule,
    frontier: next,
    newest,
    episodes: episodes.map((episode) => {
      const screened = screenEpisode(episode, newest, series, block.bytes, window, rule);
      return { ...screened, encounter: encounterIn(block, context, episode.start, screened.asOf) };
    }),
    context: contextOf(context),
    capped: block.capped,
    trigger: event.origin,
    arrival: event.arrival,
  };
}

function contextOf(context: PatientContext): ScreenContext {
  const lactate = lastLactate(context);
  return {
    infection: suspectedInfection(context),
    lactate:
      lactate === undefined || lactate.t === null || lactate.value === null
        ? undefined
        : { value: lactate.value, t: lactate.t, id: lactate.id.slice(lactate.id.indexOf('/') + 1) },
  };
}

function encounterIn(block: Block, context: PatientContext, start: number, asOf: number): ScreenEncounter {
  const encounter = encounterOf(context, start, asOf);
  const detail = encounter?.detail ?? undefined;
  return {
    reference: encounter?.encounter ?? notedEncounter(block),
    detail:
      detail === undefined
        ? undefined
        : {
            id: encounter?.encounter ?? null,
            class: detail.class,
            start: detail.start,
            end: detail.end,
            location: detail.location,
          },
  };
}

function lateOf(event: ClinicalEvent, block: Block, options: ScorePatient): DeadLetter {
  const { topic, partition, offset } = event.origin;
  const behind = Math.round((block.highWater - (event.time ?? 0)) / 60_000);
  return new DeadLetter(
    'late',
    `the vital sign lies ${behind} min behind the patient's newest; ${options.lateness / 60_000} min are allowed`,
    {
      'sepsis.origin.topic': topic,
      'sepsis.origin.partition': String(partition),
      'sepsis.origin.offset': String(offset),
    },
  );
}
