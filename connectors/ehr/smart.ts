import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { StreamsError } from '../../topology/model/errors.ts';
import type { Duration } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import { type Answer, jsonOf } from './answer.ts';
import { field } from './capability.ts';
import { exchange } from './exchange.ts';
import { connectionFault } from './faults.ts';
import type { Authorization } from './options.ts';

/** A client of SMART Backend Services (HL7 SMART App Launch 2, client authentication by asymmetric key). */
export interface SmartOptions {
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Private key in PEM, RSA or EC P-384; read with each use. */
  readonly key: () => string;
  /** Names the public key among those that were registered. */
  readonly keyId: string | undefined;
  /** Scopes, with spaces between. */
  readonly scope: string;
  readonly ca: string | undefined;
  readonly connectTimeout: Duration;
  readonly totalTimeout: Duration;
  readonly clock: Clock;
}

/** An assertion may live five minutes at most; a clock may be behind by some of it. */
const ASSERTION_SECONDS = 240;
/** A token is renewed before it ends: it is under way for a while. */
const MARGIN = 15_000;
/** Where nothing is said of its end. */
const USUAL_SECONDS = 300;

/** RS384 for RSA, ES384 for the curve P-384. @throws StreamsError `configuration`. */
export function algorithmOf(key: KeyObject): 'RS384' | 'ES384' {
  if (key.asymmetricKeyType === 'rsa') return 'RS384';
  if (key.asymmetricKeyDetails?.namedCurve === 'secp384r1') return 'ES384';
  throw new StreamsError(
    'configuration',
    'FHIR_PRIVATE_KEY is neither an RSA key nor one of the curve P-384.',
  );
}

/** Reads a private key. @throws StreamsError `configuration`, without anything of the key. */
export function privateKeyOf(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new StreamsError(
      'configuration',
      'FHIR_PRIVATE_KEY is no private key in PEM without a passphrase.',
    );
  }
  algorithmOf(key);
  return key;
}

/** A signed assertion of who we are, for one use. `now` in epoch milliseconds. */
export function assertionOf(options: SmartOptions, now: number): string {
  const { clientId, tokenUrl, keyId } = options;
  const key = privateKeyOf(options.key());
  const alg = algorithmOf(key);
  const issued = Math.floor(now / 1_000);
  const head = { alg, typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) };
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: tokenUrl,
    jti: randomUUID(),
    iat: issued,
    exp: issued + ASSERTION_SECONDS,
  };
  const signed = `${encoded(head)}.${encoded(claims)}`;
  const signature = sign('sha384', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Gets tokens, and keeps each until shortly before its end. Those who ask at the same time share one request. */
export function smartBackend(options: SmartOptions): Authorization {
  const { clock } = options;
  let token: { readonly header: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    const made = await newToken(options);
    token = { header: `Bearer ${made.token}`, until: clock.now() + made.seconds * 1_000 - MARGIN };
    return token.header;
  };
  return {
    header: () => {
      if (token !== undefined && clock.now() < token.until) return Promise.resolve(token.header);
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    refused: () => {
      token = undefined;
    },
  };
}

async function newToken(
  options: SmartOptions,
): Promise<{ readonly token: string; readonly seconds: number }> {
  const { tokenUrl, scope } = options;
  const who = `The token endpoint ${tokenUrl}`;
  const answer = await post(options, who);
  const said = jsonOf(answer);
  const { status } = answer;
  if (status === 408 || status === 429 || status >= 500)
    throw new StreamsError('fhir-unavailable', `${who} answers ${status}.`);
  const token = field(said, 'access_token');
  if (status !== 200 || typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    // A code of OAuth, such as invalid_client or invalid_scope.
    const code = String(field(said, 'error'));
    const why = /^[a-z_]{1,40}$/.test(code) ? `${status} ${code}` : status;
    throw new StreamsError('fhir-not-authorized', `${who} gives no token: ${why}.`);
  }
  const lacking = scopesLacking(scope, field(said, 'scope'));
  if (lacking.length > 0)
    throw new StreamsError('fhir-not-authorized', `${who} does not grant ${lacking.join(' ')}.`);
  const lives = Number(field(said, 'expires_in'));
  return { token, seconds: lives > 0 ? lives : USUAL_SECONDS };
}

/** Scopes whose resource type was not granted at all; a server may write those that it grants in another way. */
function scopesLacking(wanted: string, granted: unknown): readonly string[] {
  if (typeof granted !== 'string' || granted === '') return [];
  const types = new Set(granted.split(/\s+/).map(typeOf));
  return wanted.split(/\s+/).filter((one) => one !== '' && !types.has(typeOf(one)) && !types.has('*'));
}

const typeOf = (scope: string): string => /^system\/([^./]+)\./.exec(scope)?.[1] ?? scope;

async function post(options: SmartOptions, who: string): Promise<Answer> {
  const { tokenUrl, scope, ca, connectTimeout, totalTimeout, clock } = options;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertionOf(options, clock.now()),
  }).toString();
  const agent = tokenUrl.startsWith('https:')
    ? new HttpsAgent(ca === undefined ? {} : { ca })
    : new HttpAgent();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  // Whoever gives up waiting must not take the token from the others that wait for it.
  const { signal } = new AbortController();
  try {
    return await exchange(
      { url: tokenUrl, method: 'POST', headers, body },
      { agent, connectTimeout, totalTimeout, longest: 1 << 16, signal },
    );
  } catch (error) {
    throw connectionFault(who, error);
  }
}
