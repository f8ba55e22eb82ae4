import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { Recall } from '../../topology/model/step.ts';
import type { Topic } from '../../topology/model/topic.ts';
import type { AlertState, HeldAlert } from './alert-state.ts';
import type { Draft } from './snapshot.ts';

/** Gets back, from what was written of them, the alerts that are not over: so that none is raised a second time. */
export const recallAlerts = (from: Topic<SepsisAlert>): Recall<AlertState, SepsisAlert> => ({
  from,
  step: (state, alert) => {
    const before = state?.held ?? [];
    const known = before.find((held) => held.alert.alertId === alert.alertId);
    const others = before.filter((held) => held !== known);
    const over = alert.status === 'RESOLVED' || alert.status === 'RETRACTED';
    const held: HeldAlert = {
      opened: known?.opened ?? state?.opened ?? 0,
      alert,
      recalled: true,
    };
    if (over) return others.length === 0 ? undefined : { opened: 0, tick: null, ...state, held: others };
    const opened = Math.max(state?.opened ?? 0, held.opened + 1);
    return { opened, tick: state?.tick ?? null, held: [...others, held] };
  },
});

/**
 * An episode as the window sees it now, carried back to what the alert said of it before: the evidence of its beginning is
 * no longer there, which does not make the episode begin later, end earlier or less grave.
 */
export function carriedBack({ alert, recalled }: HeldAlert, draft: Draft): Draft {
  if (recalled === undefined || draft.start <= alert.start) return draft;
  return {
    ...draft,
    start: alert.start,
    end: Math.max(alert.end, draft.end),
    peak: Math.max(alert.peak, draft.peak),
    history: [...alert.history.filter(({ t }) => t < draft.start), ...draft.history],
    historyDropped: alert.historyDropped + draft.historyDropped,
  };
}
