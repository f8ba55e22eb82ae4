/**
 * Facts that are no vital signs: cultures, antibiotic orders, lactates, encounters. They have their own times, are
 * never late and never move the patient's time. Few, so they are kept as JSON.
 */
import type { ClinicalEvent, EncounterDetail } from '../../schemas/generated/clinical-event.ts';
import { VERSION_RANK_SYMBOLS } from '../../schemas/generated/clinical-event.ts';
import { type Dated, type InfectionPair, infectionPair } from '../clinical/infection.ts';
import { json } from '../json.ts';
import { memoised } from '../memoised.ts';

/** One version of one context resource; kind `X` counts for nothing and stands in the way of older versions. */
export interface ContextFact {
  readonly kind: 'L' | 'C' | 'A' | 'E' | 'X';
  readonly id: string;
  readonly rank: number;
  readonly version: number;
  /** Epoch milliseconds; null in a withdrawal that states no time. */
  readonly t: number | null;
  readonly precise: boolean;
  readonly day: number | null;
  readonly value: number | null;
  readonly text: string | null;
  readonly encounter: string | null;
  readonly detail: EncounterDetail | null;
}

export interface Infection extends InfectionPair {
  readonly antibiotic: string | null;
}

export interface PatientContext {
  readonly facts: readonly ContextFact[];
  /** Newest pair whose members are let go by now. */
  readonly past: Infection | null;
}

const EMPTY: PatientContext = { facts: [], past: null };
const coding = memoised(json<PatientContext>());

/** Reads a context. The same bytes may give the same object, so it is never changed in place. */
export const readContext = (bytes: Uint8Array): PatientContext =>
  bytes.length === 0 ? EMPTY : coding.decode(bytes);

export const writeContext = (context: PatientContext): Uint8Array =>
  context.facts.length === 0 && context.past === null ? new Uint8Array(0) : coding.encode(context);

const KIND: Readonly<Partial<Record<ClinicalEvent['kind'], ContextFact['kind']>>> = {
  LACTATE: 'L',
  CULTURE: 'C',
  ANTIBIOTIC: 'A',
  ENCOUNTER: 'E',
  RETRACTION: 'X',
};

/** The fact of an event; undefined for a kind that is none. A lactate without a value counts for nothing. */
export function contextFactOf(event: ClinicalEvent): ContextFact | undefined {
  const kind = KIND[event.kind];
  if (kind === undefined) return undefined;
  const value = event.measurements[0]?.value ?? null;
  return {
    kind: kind === 'L' && value === null ? 'X' : kind,
    id: `${event.resourceType}/${event.resourceId}`,
    rank: VERSION_RANK_SYMBOLS.indexOf(event.versionRank),
    version: event.version,
    t: event.time,
    precise: event.timePrecision === 'INSTANT',
    day: event.localDate,
    value,
    text: event.text,
    encounter: event.encounter,
    detail: event.encounterDetail,
  };
}

/** Same order as for vital signs: rank, number, nothing beats something, greater content. */
function supersedes(next: ContextFact, held: ContextFact): boolean {
  if (next.rank !== held.rank) return next.rank > held.rank;
  if (next.version !== held.version) return next.version > held.version;
  if ((next.kind === 'X') !== (held.kind === 'X')) return next.kind === 'X';
  return JSON.stringify(next) > JSON.stringify(held);
}

/** The context with the fact in it, or the same context when a version at least as new is held. */
export function withFact(context: PatientContext, fact: ContextFact): PatientContext {
  const held = context.facts.find((other) => other.id === fact.id);
  if (held !== undefined && !supersedes(fact, held)) return context;
  const facts = context.facts.filter((other) => other !== held);
  facts.push(fact);
  return { facts: facts.sort(byTimeAndId), past: context.past };
}

const byTimeAndId = (a: ContextFact, b: ContextFact): number =>
  (a.t ?? 0) - (b.t ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Most facts kept, whatever their times: a bound against a feed gone wild. */
const FACT_LIMIT = 4_096;

/** Encounters that began before the horizon and are not over: no feed that never ends one may fill the state. */
const LASTING = 16;

/**
 * Lets go of facts before `horizon` (-Infinity: of none), except the latest encounter and those that last beyond it; remembers the pairs
 * they made.
 */
export function withoutOld(context: PatientContext, horizon: number): PatientContext {
  const surplus = context.facts.length - FACT_LIMIT;
  const kept = new Set(context.facts.filter((fact) => lastsBeyond(fact, horizon)).slice(-LASTING));
  const latest = context.facts.findLast((fact) => fact.kind === 'E');
  if (latest !== undefined) kept.add(latest);
  const old = context.facts.filter(
    (fact, i) => !kept.has(fact) && ((fact.t ?? horizon) < horizon || i < surplus),
  );
  if (old.length === 0) return context;
  const gone = new Set(old);
  const withOldCulture = newestPair(datedOf(old, 'C'), datedOf(context.facts, 'A'), context.past);
  const past = newestPair(datedOf(context.facts, 'C'), datedOf(old, 'A'), withOldCulture);
  return { facts: context.facts.filter((fact) => !gone.has(fact)), past };
}

/** An encounter that says no end is over where its status says so. */
function lastsBeyond({ kind, detail }: ContextFact, t: number): boolean {
  if (kind !== 'E' || detail === null) return false;
  return detail.end === null ? detail.status !== 'finished' : detail.end > t;
}

interface DatedFact extends Dated {
  readonly text: string | null;
}

const datedOf = (facts: readonly ContextFact[], kind: ContextFact['kind']): readonly DatedFact[] =>
  facts
    .filter((fact) => fact.kind === kind && fact.day !== null)
    .map(({ day, precise, t, text }) => ({
      day: day as number,
      time: precise && t !== null ? t : undefined,
      text,
    }));

/** The newest pair of these, or `best` when none is newer. A patient may have hundreds of each. */
function newestPair(
  cultures: readonly DatedFact[],
  orders: readonly DatedFact[],
  best: Infection | null,
): Infection | null {
  let newest = best;
  for (const culture of cultures) {
    for (const order of orders) {
      // The onset is the earlier day of the two.
      if (newest !== null && Math.min(culture.day, order.day) < newest.onsetDay) continue;
      const pair = infectionPair(culture, order);
      if (pair === undefined) continue;
      if (newest === null || compareInfections(pair, order.text, newest) > 0)
        newest = { ...pair, antibiotic: order.text };
    }
  }
  return newest;
}

/** By days, and where they are the same by what is shown, so that the order of arrival plays no part. */
function compareInfections(a: InfectionPair, antibiotic: string | null, b: Infection): number {
  const days = a.onsetDay - b.onsetDay || a.otherDay - b.otherDay;
  return days !== 0
    ? days
    : compareTexts(a.rule, b.rule) || compareTexts(antibiotic ?? '', b.antibiotic ?? '');
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The newest suspected infection known, of facts held or let go. */
export function suspectedInfection(context: PatientContext): Infection | undefined {
  let infection = infections.get(context);
  if (infection === undefined) {
    infection = newestPair(datedOf(context.facts, 'C'), datedOf(context.facts, 'A'), context.past);
    infections.set(context, infection ?? null);
  }
  return infection ?? undefined;
}

/** Worked out once for a context; null: there is none. */
const infections = new WeakMap<PatientContext, Infection | null>();

/** The newest lactate. */
export const lastLactate = (context: PatientContext): ContextFact | undefined =>
  context.facts.findLast((fact) => fact.kind === 'L');

/**
 * The encounter of an episode that began at `start` and is looked at as of `asOf`: the one that covers that time, of several the one that
 * began last; else, as after a discharge, one that covers its start; else the next to begin. Never one that was over before: it says
 * nothing of this episode, and least of all that the patient is gone.
 */
export function encounterOf({ facts }: PatientContext, start: number, asOf: number): ContextFact | undefined {
  const covering = (t: number): ContextFact | undefined =>
    facts.findLast(
      (fact) =>
        fact.kind === 'E' &&
        (fact.t ?? Number.POSITIVE_INFINITY) <= t &&
        (fact.detail?.end ?? Number.POSITIVE_INFINITY) > t,
    );
  return (
    covering(asOf) ?? covering(start) ?? facts.find(({ kind, t }) => kind === 'E' && t !== null && t > asOf)
  );
}
