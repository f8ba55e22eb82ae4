import type { Refusal, RefusalReason } from '../http/refusal.ts';
import type { Answer, BodyRule, Route } from '../http/route.ts';
import type { Inlet } from './inlet.ts';
import { type Issue, outcome } from './outcome.ts';

/** Bundles of a hospital's feed are far below this. */
const MOST_BYTES = 16 * 1024 * 1024;
const BODY: BodyRule = { types: ['application/fhir+json', 'application/json'], maxBytes: MOST_BYTES };

const TYPE = '([A-Za-z]{1,64})';
const POSTED = new RegExp(`^/fhir(?:/${TYPE})?/?$`);
const PUT = new RegExp(`^/fhir/${TYPE}/([A-Za-z0-9.-]{1,64})/?$`);

/** `POST /fhir`, `POST /fhir/{type}` and `PUT /fhir/{type}/{id}`, which a FHIR server's rest-hook Subscriptions use. */
export function inletRoutes(inlet: Inlet, token: () => string): readonly Route[] {
  const route = (method: 'POST' | 'PUT', path: RegExp): Route => ({
    method,
    path,
    token,
    body: BODY,
    answer: ({ path: asked, body }) => {
      const [, type, id] = path.exec(asked) ?? [];
      return inlet.take(body, { type, id });
    },
  });
  return [route('POST', POSTED), route('PUT', PUT)];
}

const SAID: Readonly<Record<RefusalReason, Pick<Issue, 'code' | 'diagnostics'>>> = {
  'bad-request': { code: 'structure', diagnostics: 'The request ended before its body did.' },
  unauthorized: { code: 'login', diagnostics: 'A bearer token is needed, and this is not the one.' },
  'not-found': { code: 'not-found', diagnostics: 'There is /fhir, /fhir/{type} and /fhir/{type}/{id}.' },
  'method-not-allowed': {
    code: 'not-supported',
    diagnostics: 'POST /fhir, POST /fhir/{type} or PUT /fhir/{type}/{id}.',
  },
  'too-large': { code: 'too-long', diagnostics: `More than ${MOST_BYTES / 1024 / 1024} MiB.` },
  'unsupported-type': { code: 'not-supported', diagnostics: 'Send application/fhir+json, not compressed.' },
  internal: { code: 'exception', diagnostics: 'An error that nobody foresaw.' },
};

/** A refusal as FHIR says it. */
export const refusalOutcome = ({ reason, answer, headers }: Refusal): Answer =>
  outcome(answer.status, [{ severity: 'error', ...SAID[reason] }], headers);
