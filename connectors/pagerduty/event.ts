import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { Danger } from './danger.ts';
import type { Resolve, Trigger } from './decided.ts';
import { type PlaceNames, placeOf } from './place.ts';
import { summaryOf } from './summary.ts';
import { valuesOf } from './values.ts';

export type Severity = 'critical' | 'error' | 'warning' | 'info';

/** What a page says, beside who is meant. */
export interface PageContent {
  /** `values`: the patient, values and times too, which are protected health information and leave the house. */
  readonly details: 'minimal' | 'values';
  readonly places: PlaceNames;
  /** Address of the alert for whoever is paged, with `{alertId}` where its id goes. */
  readonly link?: string;
  readonly severity: { readonly usual: Severity; readonly worse: Severity };
}

/** An event of the Events API v2, without its routing key. */
export type PageEvent = TriggerEvent | ResolveEvent;

interface TriggerEvent {
  readonly event_action: 'trigger';
  readonly dedup_key: string;
  readonly client: string;
  readonly client_url?: string;
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: Severity;
    readonly timestamp?: string;
    readonly component?: string;
    readonly group?: string;
    readonly class: string;
    readonly custom_details: Readonly<Record<string, unknown>>;
  };
}

interface ResolveEvent {
  readonly event_action: 'resolve';
  readonly dedup_key: string;
}

const CLIENT = 'sepsis-streams';
/** No alert has such an id: nothing is open under it, and PagerDuty drops what takes it back. */
const NOBODY = 'sepsis-streams-start';
/** "Events API payloads are limited to 512 KB"; some is left for the routing key. */
const MOST_BYTES = 512 * 1024 - 1024;
/** The whole of qSOFA. */
const ALL = 3;

export function triggerEvent(
  { key, alias, reason, danger, record }: Trigger,
  content: PageContent,
): PageEvent {
  const alert = record.value;
  const place = placeOf(alert, alias, content.places);
  const { class: encounterClass } = alert.encounterDetail ?? {};
  const href = content.link?.replaceAll('{alertId}', encodeURIComponent(alert.alertId));
  const base: TriggerEvent = {
    event_action: 'trigger',
    dedup_key: key,
    client: CLIENT,
    ...(href === undefined ? {} : { client_url: href, links: [{ href, text: 'Alert' }] }),
    payload: {
      summary: summaryOf(alert, reason, place),
      source: CLIENT,
      severity: isWorse(danger) ? content.severity.worse : content.severity.usual,
      ...(place === undefined ? {} : { component: place }),
      ...(isCode(encounterClass) ? { group: encounterClass } : {}),
      class: `sepsis screen ${alert.rule}`,
      custom_details: screenOf(alert),
    },
  };
  if (content.details === 'minimal') return base;
  const { timestamp, ...values } = valuesOf(alert);
  const full: TriggerEvent = {
    ...base,
    payload: { ...base.payload, timestamp, custom_details: { ...base.payload.custom_details, ...values } },
  };
  return Buffer.byteLength(JSON.stringify(full)) <= MOST_BYTES ? full : base;
}

export const resolveEvent = ({ key }: Resolve): PageEvent => ({ event_action: 'resolve', dedup_key: key });

/** Takes back what was never sent, which PagerDuty drops: whether it is accepted says how it is with the key, and nobody is told. */
export const harmlessEvent: PageEvent = { event_action: 'resolve', dedup_key: NOBODY };

const isWorse = ({ score, lactate, hypotension }: Danger): boolean => score >= ALL || lactate || hypotension;

/** The screen, without anything that was measured. */
function screenOf(alert: SepsisAlert): Readonly<Record<string, unknown>> {
  const { criteria, missing } = alert;
  const met = criteria.filter((one) => one.met);
  return {
    alert: alert.alertId,
    rule: alert.rule,
    rule_version: alert.ruleVersion,
    window: alert.semantic,
    score: alert.score,
    highest_score: alert.peak,
    score_of_latest_values: alert.current.score,
    met: met.map(({ criterion }) => criterion),
    not_measured: missing,
    preliminary: met.filter(({ preliminary }) => preliminary).map(({ criterion }) => criterion),
    unit_assumed: met.filter(({ unitAssumed }) => unitAssumed).map(({ criterion }) => criterion),
    note: 'A screening result, not a diagnosis.',
  };
}

/** A code such as IMP or EMER, and no text. */
const isCode = (text: string | null | undefined): text is string =>
  typeof text === 'string' && /^[A-Za-z]{1,12}$/.test(text);
