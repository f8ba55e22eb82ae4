import { type Authorization, always } from '../../connectors/ehr/options.ts';
import { RESOURCE_TYPES, type ResourceType } from '../../connectors/ehr/shape.ts';
import { privateKeyOf, smartBackend } from '../../connectors/ehr/smart.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { basic, bearer } from '../../connectors/schema-registry/authorization.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { type Duration, durationOf, hours, seconds } from '../../topology/model/time.ts';
import { pemIn } from './pem.ts';
import { secretOf } from './secret.ts';
import { baseIn, urlIn } from './url.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The FHIR server that is written to, and what is written there. */
export interface FhirSettings {
  readonly base: string;
  readonly bases: readonly string[];
  readonly ca: string | undefined;
  readonly authorization: Authorization;
  /** Undefined: what is usual, as far as the server takes it. */
  readonly resources: ReadonlySet<ResourceType> | undefined;
  /** Whether a Communication is written of each page. */
  readonly communication: boolean;
  readonly patientWait: Duration;
  readonly concurrency: number;
  readonly connectTimeout: Duration;
  readonly totalTimeout: Duration;
}

/** The variables, a line each, for help. */
export const FHIR_VARIABLES: string = `  FHIR_BASE_URL              base of the FHIR R4 server to write to, such as https://ehr.example.org/fhir
  FHIR_ALERT_BASES           other addresses of the same server that alerts name, with commas between
  FHIR_USERNAME              for basic authorization, with FHIR_PASSWORD
  FHIR_PASSWORD              or FHIR_PASSWORD_FILE, read again with each request
  FHIR_TOKEN                 for bearer authorization, or FHIR_TOKEN_FILE, read again with each request
  FHIR_CLIENT_ID             for SMART Backend Services: with these three
  FHIR_TOKEN_URL             endpoint that gives tokens
  FHIR_PRIVATE_KEY_FILE      key in PEM, RSA (RS384) or EC P-384 (ES384), read again with each new token
  FHIR_SCOPE                 scopes with spaces between: to read and to write each of EHR_RESOURCES
  FHIR_KEY_ID                names the public key among those that were registered (kid)
  FHIR_CA_FILE               certificates in PEM to trust in place of the usual ones
  EHR_RESOURCES              some of Observation,RiskAssessment,Flag,Provenance,Communication; unless
                             set all but Flag and Communication that the server takes
  EHR_PATIENT_WAIT           how long a patient whom the server does not hold is waited for (24h)
  EHR_CONCURRENCY            requests at the same time (8)
`;

const PATIENT_WAIT = hours(24);
const CONCURRENCY = 8;
const CONNECT_TIMEOUT = seconds(10);
const TOTAL_TIMEOUT = seconds(30);

/** Reads the variables of the FHIR server. What is wrong is added to `faults`, each naming its variable and the mend. */
export function fhirSettings(environment: Environment, faults: string[]): FhirSettings {
  const base = baseIn(environment, 'FHIR_BASE_URL', faults);
  const others = (environment['FHIR_ALERT_BASES'] ?? '')
    .split(',')
    .map((one) => one.trim().replace(/\/+$/, ''));
  const ca = pemIn(environment, 'FHIR_CA_FILE', faults);
  return {
    base,
    bases: [base, ...others].filter((one) => one !== ''),
    ca,
    authorization: authorizationIn(environment, ca, faults),
    ...resourcesIn(environment['EHR_RESOURCES'] ?? '', faults),
    patientWait: waitIn(environment['EHR_PATIENT_WAIT'] ?? '', faults),
    concurrency: concurrencyIn(environment['EHR_CONCURRENCY'] ?? '', faults),
    connectTimeout: CONNECT_TIMEOUT,
    totalTimeout: TOTAL_TIMEOUT,
  };
}

function authorizationIn(environment: Environment, ca: string | undefined, faults: string[]): Authorization {
  const name = environment['FHIR_USERNAME'] ?? '';
  const password = secretOf(environment, 'FHIR_PASSWORD', faults);
  const token = secretOf(environment, 'FHIR_TOKEN', faults, sendable);
  const clientId = environment['FHIR_CLIENT_ID'] ?? '';
  const ways = [
    [name !== '' || password !== undefined, 'FHIR_USERNAME'] as const,
    [token !== undefined, 'FHIR_TOKEN'] as const,
    [clientId !== '', 'FHIR_CLIENT_ID'] as const,
  ].flatMap(([given, variable]) => (given ? [variable] : []));
  if (ways.length > 1) faults.push(`${ways.join(' and ')} are set: keep one of these ways to log in.`);
  if (clientId !== '') return smartIn(environment, clientId, ca, faults);
  if (token !== undefined) return always(() => bearer(token()));
  if ((name === '') !== (password === undefined))
    faults.push('FHIR_USERNAME and FHIR_PASSWORD belong together: give both or none.');
  if (name.includes(':'))
    faults.push('FHIR_USERNAME holds a colon, which basic authorization cannot carry: use another user.');
  return always(() => (password === undefined ? undefined : basic(name, password())));
}

function smartIn(
  environment: Environment,
  clientId: string,
  ca: string | undefined,
  faults: string[],
): Authorization {
  const key = secretOf(environment, 'FHIR_PRIVATE_KEY', faults, (pem) => {
    privateKeyOf(pem);
    return pem;
  });
  if (key === undefined)
    faults.push('FHIR_PRIVATE_KEY_FILE is not set, but FHIR_CLIENT_ID is: name the file of its private key.');
  const scope = environment['FHIR_SCOPE'] ?? '';
  if (scope === '')
    faults.push('FHIR_SCOPE is not set, but FHIR_CLIENT_ID is: give the scopes that it was granted.');
  const keyId = environment['FHIR_KEY_ID'] ?? '';
  return smartBackend({
    tokenUrl: urlIn(environment, 'FHIR_TOKEN_URL', faults),
    clientId,
    key: key ?? (() => ''),
    keyId: keyId === '' ? undefined : keyId,
    scope,
    ca,
    connectTimeout: CONNECT_TIMEOUT,
    totalTimeout: TOTAL_TIMEOUT,
    clock: systemClock,
  });
}

function resourcesIn(text: string, faults: string[]): Pick<FhirSettings, 'resources' | 'communication'> {
  if (text.trim() === '') return { resources: undefined, communication: false };
  let communication = false;
  const found = new Set<ResourceType>();
  for (const name of text.split(',').map((one) => one.trim())) {
    const type = RESOURCE_TYPES.find((one) => one === name);
    if (name === 'Communication') communication = true;
    else if (type === undefined)
      faults.push(
        `EHR_RESOURCES holds ${name || 'an empty entry'}: it takes ${RESOURCE_TYPES.join(', ')}, Communication.`,
      );
    else found.add(type);
  }
  if (found.size === 1 && found.has('Provenance'))
    faults.push('EHR_RESOURCES is Provenance alone, which says where others come from: name one of them.');
  if (communication && !found.has('Observation'))
    faults.push('EHR_RESOURCES holds Communication without Observation, which it is about: name both.');
  return { resources: found, communication };
}

function waitIn(text: string, faults: string[]): Duration {
  if (text === '') return PATIENT_WAIT;
  const wait = durationOf(text);
  if (wait === null) faults.push(`EHR_PATIENT_WAIT is ${text}: write it like 90s, 15m, 24h or 7d.`);
  return wait ?? PATIENT_WAIT;
}

function concurrencyIn(text: string, faults: string[]): number {
  if (text === '') return CONCURRENCY;
  const most = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (most < 1 || most > 256) faults.push(`EHR_CONCURRENCY is ${text}: give a number from 1 to 256.`);
  return Math.max(1, most);
}

/** A header of HTTP carries no line feed and nothing beyond ASCII. */
function sendable(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new StreamsError(
    'configuration',
    'FHIR_TOKEN holds a character that no token has, such as a space: give the bare token.',
  );
}
