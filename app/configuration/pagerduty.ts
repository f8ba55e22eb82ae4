import type { PageContent, Severity } from '../../connectors/pagerduty/event.ts';
import { PAGE_POLICY, type PagePolicy } from '../../connectors/pagerduty/page-policy.ts';
import {
  DEFAULT_ROUTE,
  type RoutingTable,
  routingKey,
  routingTable,
} from '../../connectors/pagerduty/routing.ts';
import { isStreamsError } from '../../topology/model/errors.ts';
import { type Duration, durationOf } from '../../topology/model/time.ts';
import { pemIn } from './pem.ts';
import { secretOf, textIn, whatOf } from './secret.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How PagerDuty is reached, who is paged, when, and what a page says. */
export interface PagerDutySettings {
  readonly url: string;
  readonly ca: string | undefined;
  /** Read again with each use. @throws StreamsError `configuration` */
  readonly routing: () => RoutingTable;
  /** Calls with one routing key in any minute. */
  readonly rate: number;
  /** Of the webhook subscription; undefined: none is taken in. */
  readonly webhookSecret: (() => string) | undefined;
  readonly content: PageContent;
  readonly policy: PagePolicy;
}

const URL_OF_PAGERDUTY = 'https://events.pagerduty.com';
/** "approximately 120 calls/minute per integration key" (PagerDuty, Events API rate limits). */
const RATE = 120;

/** The variables, a line each, for help. */
export const PAGERDUTY_VARIABLES: string = `  PAGERDUTY_API_KEY          integration key of type Events API v2, or PAGERDUTY_API_KEY_FILE, read again
                             with each page
  PAGERDUTY_ROUTING_FILE     in place of it: JSON with a "default" and the key of each unit, read again
                             with each page
  PAGERDUTY_URL              ${URL_OF_PAGERDUTY} unless set; in Europe
                             https://events.eu.pagerduty.com
  PAGERDUTY_CA_FILE          certificates in PEM to trust in place of the usual ones
  PAGERDUTY_RATE             calls with one key in any minute (${RATE}); of several instances each its share
  PAGERDUTY_WEBHOOK_SECRET   of a webhook subscription v3, or PAGERDUTY_WEBHOOK_SECRET_FILE: takes in
                             what people do with pages at /pagerduty/webhook, on HTTP_PORT
  PAGE_DETAILS               minimal (unless set), or values: patient, values and times too, which leave the
                             house
  PAGE_PLACES                ehr (unless set): the place as the EHR calls it; listed: only names of
                             PAGERDUTY_ROUTING_FILE
  PAGE_LINK                  address for whoever is paged, such as https://alerts.example.org/{alertId}
  PAGE_SEVERITY              of usual and of worse pages (error,critical)
  PAGE_REFRACTORY            an episode that follows another so soon pages only if it is worse (60m)
  PAGE_QUIET                 how long an acknowledgement stands (8h)
  PAGE_MAX_AGE               what was written longer ago is not paged for after a start (6h)
  PAGE_LACTATE               mmol/L from which on a page is worse (4)
  PAGE_HYPOTENSION           mm[Hg] of systolic pressure below which a page is worse (90)
`;

/** Reads the variables. What is wrong is added to `faults`, each naming its variable and the mend; no key is repeated. */
export function pagerDutySettings(environment: Environment, faults: string[]): PagerDutySettings {
  return {
    url: urlIn(environment['PAGERDUTY_URL'] ?? '', faults),
    ca: pemIn(environment, 'PAGERDUTY_CA_FILE', faults),
    routing: routingIn(environment, faults),
    rate: numberIn(environment, 'PAGERDUTY_RATE', RATE, faults),
    webhookSecret: webhookIn(environment, faults),
    content: contentIn(environment, faults),
    policy: {
      refractory: durationIn(environment, 'PAGE_REFRACTORY', PAGE_POLICY.refractory, faults),
      quiet: durationIn(environment, 'PAGE_QUIET', PAGE_POLICY.quiet, faults),
      oldest: durationIn(environment, 'PAGE_MAX_AGE', PAGE_POLICY.oldest, faults),
      lactate: numberIn(environment, 'PAGE_LACTATE', PAGE_POLICY.lactate, faults),
      hypotension: numberIn(environment, 'PAGE_HYPOTENSION', PAGE_POLICY.hypotension, faults),
    },
  };
}

function urlIn(text: string, faults: string[]): string {
  if (text === '') return URL_OF_PAGERDUTY;
  const url = URL.parse(text);
  const plain = url?.protocol === 'https:' && url.username === '' && url.search === '' && url.hash === '';
  if (!plain) faults.push(`PAGERDUTY_URL is no plain https address: write it like ${URL_OF_PAGERDUTY}.`);
  return plain ? url.href.replace(/\/+$/, '') : URL_OF_PAGERDUTY;
}

function routingIn(environment: Environment, faults: string[]): () => RoutingTable {
  const file = environment['PAGERDUTY_ROUTING_FILE'] ?? '';
  const checked = (text: string): string => routingKey(text, 'PAGERDUTY_API_KEY');
  const key = secretOf(environment, 'PAGERDUTY_API_KEY', faults, checked);
  const none = (): RoutingTable => new Map();
  if (key !== undefined && file !== '')
    faults.push(
      'PAGERDUTY_API_KEY and PAGERDUTY_ROUTING_FILE are both set: put the key into the file, as "default".',
    );
  if (key === undefined && file === '')
    faults.push(
      'PAGERDUTY_API_KEY is not set: give an integration key of type Events API v2, or PAGERDUTY_ROUTING_FILE.',
    );
  if (key !== undefined) return () => new Map([[DEFAULT_ROUTE, key()]]);
  if (file === '') return none;
  const read = (): RoutingTable =>
    routingTable(textIn(file, 'PAGERDUTY_ROUTING_FILE'), 'PAGERDUTY_ROUTING_FILE');
  try {
    read();
  } catch (error) {
    if (!isStreamsError(error)) throw error;
    faults.push(whatOf(error));
  }
  return read;
}

function webhookIn(environment: Environment, faults: string[]): (() => string) | undefined {
  const secret = secretOf(environment, 'PAGERDUTY_WEBHOOK_SECRET', faults);
  if (secret !== undefined && (environment['HTTP_PORT'] ?? '') === '')
    faults.push(
      'PAGERDUTY_WEBHOOK_SECRET is set, but HTTP_PORT is not: give the port that webhooks come to.',
    );
  return secret;
}

function contentIn(environment: Environment, faults: string[]): PageContent {
  const link = linkIn(environment['PAGE_LINK'] ?? '', faults);
  return {
    details: choiceIn(environment, 'PAGE_DETAILS', ['minimal', 'values'], faults),
    places: choiceIn(environment, 'PAGE_PLACES', ['ehr', 'listed'], faults),
    severity: severityIn(environment['PAGE_SEVERITY'] ?? '', faults),
    ...(link === undefined ? {} : { link }),
  };
}

function linkIn(text: string, faults: string[]): string | undefined {
  if (text === '') return undefined;
  const url = URL.parse(text.replaceAll('{alertId}', 'x'));
  const usable = url !== null && /^https?:$/.test(url.protocol) && text.includes('{alertId}');
  if (!usable)
    faults.push(
      'PAGE_LINK is no address with {alertId} in it: write it like https://alerts.example.org/{alertId}.',
    );
  return text;
}

const SEVERITIES: readonly Severity[] = ['critical', 'error', 'warning', 'info'];

function severityIn(text: string, faults: string[]): PageContent['severity'] {
  if (text === '') return { usual: 'error', worse: 'critical' };
  const [usual, worse, ...more] = text
    .split(',')
    .map((one) => SEVERITIES.find((each) => each === one.trim()));
  if (usual !== undefined && worse !== undefined && more.length === 0) return { usual, worse };
  faults.push(`PAGE_SEVERITY is ${text}: give two of ${SEVERITIES.join(', ')}, such as error,critical.`);
  return { usual: 'error', worse: 'critical' };
}

/** The first is what holds when nothing is set. */
function choiceIn<T extends string>(
  environment: Environment,
  name: string,
  choices: readonly [T, ...T[]],
  faults: string[],
): T {
  const text = environment[name] ?? '';
  const choice = choices.find((one) => one === text);
  if (text !== '' && choice === undefined) faults.push(`${name} is ${text}: it is ${choices.join(' or ')}.`);
  return choice ?? choices[0];
}

function durationIn(environment: Environment, name: string, usual: Duration, faults: string[]): Duration {
  const text = environment[name] ?? '';
  if (text === '') return usual;
  const duration = durationOf(text);
  if (duration !== null && Number.isFinite(duration)) return duration;
  faults.push(`${name} is ${text}: write it like 90s, 60m or 8h.`);
  return usual;
}

function numberIn(environment: Environment, name: string, usual: number, faults: string[]): number {
  const text = environment[name] ?? '';
  if (text === '') return usual;
  const n = /^\d{1,6}(?:\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  const whole = name !== 'PAGERDUTY_RATE' || Number.isInteger(n);
  if (n > 0 && whole) return n;
  faults.push(`${name} is ${text}: give a ${name === 'PAGERDUTY_RATE' ? 'whole ' : ''}number above 0.`);
  return usual;
}
