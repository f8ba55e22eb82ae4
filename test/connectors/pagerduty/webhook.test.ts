import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Response } from '../../../connectors/pagerduty/respond.ts';
import { webhookRoute } from '../../../connectors/pagerduty/webhook.ts';
import { NOON } from './alerts.ts';

const SECRET = 'whsec-1';
const encoder = new TextEncoder();

interface Own {
  readonly event_type?: string;
  readonly occurred_at?: string;
  readonly agent?: object | null;
  readonly data?: object;
}

/** As PagerDuty's documentation shows it (docs/webhooks/01-Overview). */
const webhook = (own: Own = {}): string =>
  JSON.stringify({
    event: {
      id: '5ac64822-4adc-4fda-ade0-410becf0de4f',
      event_type: 'incident.acknowledged',
      resource_type: 'incident',
      occurred_at: '2026-01-05T11:59:00.169Z',
      agent: {
        html_url: 'https://acme.pagerduty.com/users/PLH1HKV',
        id: 'PLH1HKV',
        self: 'https://api.pagerduty.com/users/PLH1HKV',
        summary: 'Tenex Engineer',
        type: 'user_reference',
      },
      client: { name: 'PagerDuty' },
      data: { id: 'PGR0VU2', type: 'incident', status: 'acknowledged', incident_key: 'a1:3', title: 'x' },
      ...own,
    },
  });

const sign = (body: string, secret: string): string =>
  `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;

async function posted(
  body: string,
  signature: string | undefined,
): Promise<{ status: number; said: Response[] }> {
  const said: Response[] = [];
  const route = webhookRoute({
    secret: () => SECRET,
    now: () => NOON,
    responded: (response) => {
      said.push(response);
      return Promise.resolve();
    },
  });
  const headers = signature === undefined ? {} : { 'x-pagerduty-signature': signature };
  const { status } = await route.answer({ path: '/pagerduty/webhook', headers, body: encoder.encode(body) });
  return { status, said };
}

const AT = Date.parse('2026-01-05T11:59:00.169Z');

test('what a person acknowledged or resolved is told, with its key and time', async () => {
  const body = webhook();
  expect(await posted(body, sign(body, SECRET))).toEqual({
    status: 202,
    said: [{ key: 'a1:3', kind: 'acknowledged', at: AT }],
  });
  const resolved = webhook({ event_type: 'incident.resolved' });
  expect((await posted(resolved, sign(resolved, SECRET))).said).toEqual([
    { key: 'a1:3', kind: 'resolved', at: AT },
  ]);
});

test.each([
  ['another event', { event_type: 'incident.triggered' }],
  ['what we resolved ourselves', { event_type: 'incident.resolved', agent: null }],
  ['what a service did', { agent: { type: 'service_reference', id: 'P1' } }],
  ['an incident without a key', { data: { id: 'P1', type: 'incident', incident_key: null } }],
])('%s is taken and changes nothing', async (_what, own) => {
  const body = webhook(own);
  expect(await posted(body, sign(body, SECRET))).toEqual({ status: 202, said: [] });
});

test('a signed body that is no JSON is taken and changes nothing', async () => {
  expect(await posted('{', sign('{', SECRET))).toEqual({ status: 202, said: [] });
});

test('while the secret is changed one of several signatures is enough', async () => {
  const body = webhook();
  const several = `${sign(body, 'old')},${sign(body, SECRET)}, v2=abc`;
  expect((await posted(body, several)).status).toBe(202);
});

test.each([
  ['none', undefined],
  ['one of another secret', sign(webhook(), 'other')],
  ['one of another body', sign(`${webhook()} `, SECRET)],
  ['another version', sign(webhook(), SECRET).replace('v1', 'v0')],
  ['a part of one', sign(webhook(), SECRET).slice(0, -2)],
  ['nothing behind it', 'v1='],
])('a signature that is %s is refused', async (_what, signature) => {
  expect(await posted(webhook(), signature)).toEqual({ status: 401, said: [] });
});

test('a time in the future is now, and one that is none too', async () => {
  for (const occurred_at of ['2030-01-01T00:00:00Z', 'soon']) {
    const body = webhook({ occurred_at });
    expect((await posted(body, sign(body, SECRET))).said[0]?.at).toBe(NOON);
  }
});
