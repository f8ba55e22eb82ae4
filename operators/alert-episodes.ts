import type { AlertReason, AlertStatus, SepsisAlert } from '../schemas/generated/sepsis-alert.ts';
import type { FoldRecord } from '../topology/model/record.ts';
import { type Fold, type FoldResult, nothing } from '../topology/model/step.ts';
import { type Duration, type Instant, instant } from '../topology/model/time.ts';
import { alertIdOf } from './alerts/alert-id.ts';
import type { AlertState, HeldAlert } from './alerts/alert-state.ts';
import { matchEpisodes } from './alerts/match-episodes.ts';
import { carriedBack } from './alerts/recall-alerts.ts';
import { type Draft, draftOf, saysTheSame } from './alerts/snapshot.ts';
import type { PatientScreen } from './patient-window/screen.ts';

export interface AlertPolicy {
  /** The window of the rule, for the window that an alert shows. */
  readonly window: Duration;
}

/**
 * Matches a patient's list of episodes to the alerts already open and emits a whole snapshot of each that changed:
 * raised, escalated, updated, resolved, retracted. The last snapshot of each alert, retracted ones left out, is
 * the list of episodes.
 */
export function alertEpisodes(policy: AlertPolicy): Fold<AlertState, PatientScreen, SepsisAlert> {
  return {
    step: (state, record) => step(state ?? NONE, record, policy),
    due: (state) => earliestEnd(state.held),
    onTick: (state, _key, tick) => resolveDue(state, tick),
  };
}

const NONE: AlertState = { opened: 0, tick: null, held: [] };

interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly draft: Draft;
  readonly id: (taken: ReadonlySet<string>) => string;
}

function step(
  state: AlertState,
  record: FoldRecord<PatientScreen>,
  { window }: AlertPolicy,
): FoldResult<AlertState, SepsisAlert> {
  const screen = record.value;
  const known = state.held
    .filter(({ settled }) => settled === undefined)
    .map((held) => ({ ...held, start: held.alert.start, end: held.alert.end }));
  const candidates = screen.episodes.map((screened): Candidate => {
    const draft = draftOf(screen, screened, window, record.timestamp);
    return { start: draft.start, end: draft.end, draft, id: (taken) => alertIdOf(screen, screened, taken) };
  });
  const { kept, fresh, merged, gone } = matchEpisodes(known, candidates);
  const now = Math.max(screen.newest, state.tick ?? Number.NEGATIVE_INFINITY);
  // Of a recalled alert the window may know nothing: that it does not list it says nothing against it.
  const unlisted = gone.filter(({ recalled }) => recalled !== undefined).map(bare);
  const waiting = [...state.held.filter(({ settled }) => settled !== undefined), ...unlisted];
  const out: SepsisAlert[] = [];
  const held: HeldAlert[] = [];
  for (const [one, { draft }] of kept) {
    const changes = changesOf(one.alert, carriedBack(one, draft), now);
    out.push(...changes);
    held.push({ ...bare(one), alert: changes.at(-1) ?? one.alert });
  }
  for (const [{ alert }, survivor] of merged)
    out.push(retracted(alert, screen, record.timestamp, 'MERGED', survivor.alert.alertId));
  for (const { alert, recalled } of gone)
    if (recalled === undefined) out.push(retracted(alert, screen, record.timestamp, 'DATA_CORRECTED', null));
  const taken = new Set([...held, ...waiting].map(({ alert }) => alert.alertId));
  let opened = state.opened;
  for (const candidate of fresh) {
    const alertId = candidate.id(taken);
    taken.add(alertId);
    const raised = snapshot(alertId, candidate.draft, 'RAISED', 'ONSET');
    const changes =
      now >= raised.end
        ? [raised, snapshot(alertId, candidate.draft, 'RESOLVED', 'WINDOW_EMPTIED')]
        : [raised];
    out.push(...changes);
    held.push({ opened: opened++, alert: changes.at(-1) ?? raised });
  }
  const ended = waiting.filter((one) => isOpen(one) && one.alert.end <= now);
  for (const { alert } of ended) out.push(resolved(alert, screen.arrival, record.timestamp, screen.trigger));
  // What ended before the frontier is settled: it can neither change nor be told of again. When the hard cap moves
  // the frontier beyond the patient's newest time, a settled episode may still be open.
  const settling = held.filter(({ alert }) => alert.end < screen.frontier);
  const alive = [
    ...held.filter(({ alert }) => alert.end >= screen.frontier),
    ...settling.filter(isOpen).map((one): HeldAlert => ({ ...one, settled: true })),
    ...waiting.filter((one) => isOpen(one) && !ended.includes(one)),
  ];
  if (out.length === 0 && settling.length === 0 && alive.length === state.held.length)
    return [state, nothing];
  return [alive.length === 0 ? undefined : { opened, tick: state.tick, held: alive }, out];
}

const snapshot = (alertId: string, draft: Draft, status: AlertStatus, reason: AlertReason): SepsisAlert => ({
  alertId,
  status,
  reason,
  survivorAlertId: null,
  ...draft,
});

/** The snapshots that tell what became of an alert; the last one holds. `now` is the newest time known of the patient. */
function changesOf(before: SepsisAlert, draft: Draft, now: number): SepsisAlert[] {
  const over = now >= draft.end;
  const rose = draft.peak > before.peak;
  const same = saysTheSame(before, draft);
  const changes: SepsisAlert[] = [];
  if (rose) changes.push(snapshot(before.alertId, draft, 'ESCALATED', 'SCORE_RISE'));
  const shrank = draft.peak < before.peak || draft.start > before.start || draft.end < before.end;
  const changed: AlertReason = shrank && draft.semantic === 'ANY' ? 'DATA_CORRECTED' : 'EVIDENCE_CHANGED';
  if (over) {
    const first = before.status !== 'RESOLVED';
    if (first || !same)
      changes.push(
        snapshot(before.alertId, draft, 'RESOLVED', first && !shrank ? 'WINDOW_EMPTIED' : changed),
      );
  } else if (!rose && (!same || before.status === 'RESOLVED'))
    changes.push(snapshot(before.alertId, draft, 'UPDATED', changed));
  return changes;
}

function retracted(
  alert: SepsisAlert,
  screen: PatientScreen,
  processingTime: number,
  reason: AlertReason,
  survivorAlertId: string | null,
): SepsisAlert {
  return {
    ...alert,
    status: 'RETRACTED',
    reason,
    survivorAlertId,
    score: 0,
    criteria: [],
    missing: [],
    current: { score: 0, met: [] },
    arrivalTime: screen.arrival,
    processingTime,
    trigger: screen.trigger,
  };
}

const resolved = (
  alert: SepsisAlert,
  arrivalTime: number | null,
  processingTime: number,
  trigger: SepsisAlert['trigger'],
): SepsisAlert => ({
  ...alert,
  status: 'RESOLVED',
  reason: 'WINDOW_EMPTIED',
  arrivalTime,
  processingTime,
  trigger,
});

/** Without the span that it was matched by. */
const bare = ({ opened, alert, settled, recalled }: HeldAlert): HeldAlert => ({
  opened,
  alert,
  ...(settled && { settled }),
  ...(recalled && { recalled }),
});

const isOpen = ({ alert }: HeldAlert): boolean => alert.status !== 'RESOLVED';

function earliestEnd(held: readonly HeldAlert[]): Instant | undefined {
  const ends = held.filter(isOpen).map(({ alert }) => alert.end);
  return ends.length === 0 ? undefined : instant(Math.min(...ends));
}

/** Time has passed without a record: what ended meanwhile is resolved. It changes nothing else. */
function resolveDue(state: AlertState, tick: Instant): FoldResult<AlertState, SepsisAlert> {
  const out: SepsisAlert[] = [];
  const held = state.held.map((one): HeldAlert => {
    if (!isOpen(one) || one.alert.end > tick) return one;
    const alert = resolved(one.alert, null, tick, null);
    out.push(alert);
    return { ...one, alert };
  });
  return out.length === 0
    ? [state, nothing]
    : [{ ...state, tick: Math.max(tick, state.tick ?? tick), held }, out];
}
