import { type Answer, type Asked, json, type Route } from '../http/route.ts';
import type { Response } from './respond.ts';
import { isSigned } from './signature.ts';

export const WEBHOOK_PATH = '/pagerduty/webhook';
/** "All webhooks with a final size greater than 256 KB are always dropped." */
const MOST_BYTES = 256 * 1024;

export interface WebhookSettings {
  /** Of the webhook subscription; asked for with each request, so that it may change. */
  readonly secret: () => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Keeps the response; PagerDuty sends it again when this fails, a few times. */
  readonly responded: (response: Response) => Promise<void>;
}

/**
 * Takes in webhooks v3: what a person did with an incident. All other events are none of ours, and are thanked for: of a webhook
 * that is refused PagerDuty thinks that nobody wants any more.
 */
export const webhookRoute = ({ secret, now, responded }: WebhookSettings): Route => ({
  method: 'POST',
  path: WEBHOOK_PATH,
  body: { types: ['application/json'], maxBytes: MOST_BYTES },
  answer: async ({ headers, body }: Asked): Promise<Answer> => {
    if (!isSigned(headers['x-pagerduty-signature'], body, secret()))
      return json(401, { error: 'unauthorized' });
    const response = responseOf(body, now());
    if (response !== undefined) await responded(response);
    return json(202, { status: response === undefined ? 'ignored' : 'accepted' });
  },
});

const KINDS: Readonly<Record<string, Response['kind']>> = {
  'incident.acknowledged': 'acknowledged',
  'incident.resolved': 'resolved',
};

/** What a person did; undefined: nothing that matters here, or it was no person. */
function responseOf(body: Uint8Array, now: number): Response | undefined {
  const event = objectIn(parsed(body), 'event');
  const kind = KINDS[textIn(event, 'event_type')];
  const key = textIn(objectIn(event, 'data'), 'incident_key');
  // What this program resolved comes back too, and is no person's doing.
  const byPerson = textIn(objectIn(event, 'agent'), 'type') === 'user_reference';
  if (kind === undefined || key === '' || key.length > 255 || !byPerson) return undefined;
  const occurred = Date.parse(textIn(event, 'occurred_at'));
  // A clock that runs ahead must not hold back pages for longer.
  return { key, kind, at: Number.isNaN(occurred) ? now : Math.min(occurred, now) };
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function objectIn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textIn(value: unknown, name: string): string {
  const text = objectIn(value, name);
  return typeof text === 'string' ? text : '';
}
