/**
 * What the Events API v2 accepts, from its public documentation (developer.pagerduty.com/docs/events-api-v2): written without
 * looking at what this project sends.
 */
export interface GivenEvent {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key?: string;
  readonly client?: string;
  readonly client_url?: string;
  readonly links?: readonly { readonly href: string; readonly text?: string }[];
  readonly payload?: {
    readonly summary: string;
    readonly source: string;
    readonly severity: string;
    readonly timestamp?: string;
    readonly component?: string;
    readonly group?: string;
    readonly class?: string;
    readonly custom_details?: Readonly<Record<string, unknown>>;
  };
}

/** "Events API payloads are limited to 512 KB". */
export const MOST_BYTES: number = 512 * 1024;

type Fields = Readonly<Record<string, unknown>>;

/** Faults of a body; none: it is an event. Answers bear them in `errors`. */
export function faultsOf(body: string): string[] {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    return ['Invalid JSON'];
  }
  if (!isObject(event)) return ['Event object is invalid'];
  return [
    ...routingFaults(event),
    ...actionFaults(event),
    ...keyFaults(event),
    ...payloadFaults(event),
    ...contextFaults(event),
  ];
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function routingFaults({ routing_key: key }: Fields): string[] {
  if (typeof key !== 'string') return ["'routing_key' is missing or blank"];
  return [
    ...(key.length === 32 ? [] : ["Length of 'routing_key' is incorrect (should be 32 characters)"]),
    ...(/^[0-9a-z]*$/i.test(key) ? [] : ["'routing_key' cannot contain non-alphanumeric characters."]),
  ];
}

const ACTIONS = ['trigger', 'acknowledge', 'resolve'];

const actionFaults = ({ event_action: action }: Fields): string[] =>
  typeof action === 'string' && ACTIONS.includes(action) ? [] : ["'event_action' is invalid"];

function keyFaults({ dedup_key: key, event_action: action }: Fields): string[] {
  if (key === undefined) return action === 'trigger' ? [] : ["'dedup_key' is missing or blank"];
  if (typeof key !== 'string' || key === '') return ["'dedup_key' is missing or blank"];
  return key.length > 255 ? ["'dedup_key' is too long"] : [];
}

const SEVERITIES = ['critical', 'error', 'warning', 'info'];

function payloadFaults({ payload, event_action: action }: Fields): string[] {
  if (action !== 'trigger') return [];
  if (!isObject(payload)) return ["'payload' is missing or blank"];
  const { summary, source, severity, timestamp, custom_details: details } = payload;
  const texts = (['component', 'group', 'class'] as const).filter(
    (name) => payload[name] !== undefined && typeof payload[name] !== 'string',
  );
  return [
    ...(typeof summary === 'string' && summary !== '' ? [] : ["'payload.summary' is missing or blank"]),
    ...(typeof summary === 'string' && summary.length > 1024 ? ["'payload.summary' is too long"] : []),
    ...(typeof source === 'string' && source !== '' ? [] : ["'payload.source' is missing or blank"]),
    ...(typeof severity === 'string' && SEVERITIES.includes(severity)
      ? []
      : ["'payload.severity' is invalid"]),
    ...(timestamp === undefined || isTimestamp(timestamp) ? [] : ["'payload.timestamp' is invalid"]),
    ...(details === undefined || isObject(details) ? [] : ["'payload.custom_details' is invalid"]),
    ...texts.map((name) => `'payload.${name}' is invalid`),
  ];
}

const isTimestamp = (value: unknown): boolean =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/.test(value) &&
  !Number.isNaN(Date.parse(value));

function contextFaults({ links = [], images = [] }: Fields): string[] {
  const all = (value: unknown, fits: (one: unknown) => boolean): boolean =>
    Array.isArray(value) && value.every(fits);
  return [
    ...(all(links, (one) => isObject(one) && typeof one['href'] === 'string') ? [] : ["'links' is invalid"]),
    ...(all(images, (one) => isObject(one) && String(one['src']).startsWith('https://'))
      ? []
      : ["'images' is invalid"]),
  ];
}
