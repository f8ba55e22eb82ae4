/** From what the window says to the public record: one whole snapshot of one episode. */
import type { CriterionState, SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { type Criterion, criteriaOf, pointsOf } from '../clinical/criterion.ts';
import type { JudgedCriterion, PatientScreen, Reading, ScreenedEpisode } from '../patient-window/screen.ts';
import { sameJson } from './same-json.ts';

/** UCUM unit of a criterion's values. */
const UNIT: Readonly<Record<Criterion, string>> = { GCS: '{score}', RR: '/min', SBP: 'mm[Hg]' };

export type Draft = Omit<SepsisAlert, 'alertId' | 'status' | 'reason' | 'survivorAlertId'>;

/** Everything of an alert but its id, status and reason. `processingTime` in epoch milliseconds. */
export function draftOf(
  screen: PatientScreen,
  screened: ScreenedEpisode,
  windowMs: number,
  processingTime: number,
): Draft {
  const { episode, asOf, encounter } = screened;
  const { context } = screen;
  return {
    patient: screen.patient,
    encounter: encounter.reference ?? null,
    rule: screen.rule.name,
    ruleVersion: screen.rule.version,
    semantic: screen.rule.semantic === 'any' ? 'ANY' : 'LATEST',
    score: pointsOf(screened.met),
    peak: episode.peak,
    start: episode.start,
    end: episode.end,
    windowStart: asOf - windowMs,
    windowEnd: asOf,
    history: episode.history.map(({ t, met }) => ({ t, score: pointsOf(met), met: criteriaOf(met) })),
    historyDropped: episode.historyDropped,
    criteria: screened.criteria.map((judged) => criterionState(judged, asOf)),
    missing: screened.missing,
    current: { score: pointsOf(screened.latest), met: criteriaOf(screened.latest) },
    suspectedInfection:
      context.infection === undefined
        ? null
        : {
            onsetDate: context.infection.onsetDay,
            rule: context.infection.rule,
            otherDate: context.infection.otherDay,
            antibiotic: context.infection.antibiotic,
          },
    lactate:
      context.lactate === undefined
        ? null
        : { value: context.lactate.value, time: context.lactate.t, observationId: context.lactate.id },
    encounterDetail: encounter.detail ?? null,
    evidenceCapped: screen.capped,
    eventTime: screen.newest,
    arrivalTime: screen.arrival,
    processingTime,
    trigger: screen.trigger,
  };
}

function criterionState(
  { criterion, met, deciding, evidence }: JudgedCriterion,
  asOf: number,
): CriterionState {
  return {
    criterion,
    met,
    value: deciding?.value ?? null,
    unit: UNIT[criterion],
    time: deciding?.time ?? null,
    ageMs: deciding === undefined ? null : asOf - deciding.time,
    observationId: deciding?.id ?? null,
    preliminary: deciding?.preliminary ?? false,
    unitAssumed: deciding?.unitAssumed ?? false,
    code: deciding?.code ?? null,
    evidence: evidence.map(evidenceOf),
  };
}

const evidenceOf = ({ id, version, time, value, origin }: Reading): CriterionState['evidence'][number] => ({
  observationId: id,
  version,
  time,
  value,
  origin,
});

/**
 * What makes two snapshots of an episode say the same. Left out: how old values are, values that meet nothing,
 * when and by what the snapshot was made. Without that every vital sign of an open episode would be an update.
 */
export function saysTheSame(a: Draft, b: Draft): boolean {
  return (
    a.start === b.start &&
    a.end === b.end &&
    a.peak === b.peak &&
    a.score === b.score &&
    a.historyDropped === b.historyDropped &&
    a.encounter === b.encounter &&
    a.evidenceCapped === b.evidenceCapped &&
    a.ruleVersion === b.ruleVersion &&
    sameCriteria(a.criteria, b.criteria) &&
    sameJson(a.history, b.history) &&
    sameJson(a.missing, b.missing) &&
    sameJson(a.current, b.current) &&
    sameJson(a.suspectedInfection, b.suspectedInfection) &&
    sameJson(a.lactate, b.lactate) &&
    sameJson(a.encounterDetail, b.encounterDetail)
  );
}

const sameCriteria = (a: readonly CriterionState[], b: readonly CriterionState[]): boolean =>
  a.length === b.length && a.every((one, i) => sameCriterion(one, b[i] as CriterionState));

const sameCriterion = (a: CriterionState, b: CriterionState): boolean =>
  a.met === b.met &&
  (!a.met || sameDeciding(a, b)) &&
  a.evidence.length === b.evidence.length &&
  a.evidence.every((one, i) => sameEvidence(one, b.evidence[i] as Evidence));

/** Of a criterion that is met by more values than the evidence holds, the one that decides may be none of these. */
const sameDeciding = (a: CriterionState, b: CriterionState): boolean =>
  a.observationId === b.observationId &&
  a.time === b.time &&
  a.value === b.value &&
  a.preliminary === b.preliminary &&
  a.unitAssumed === b.unitAssumed;

type Evidence = CriterionState['evidence'][number];

/** Where it was read from plays no part: a copy of an Observation says nothing new. */
const sameEvidence = (a: Evidence, b: Evidence): boolean =>
  a.observationId === b.observationId && a.version === b.version && a.time === b.time && a.value === b.value;
