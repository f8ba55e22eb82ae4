import { StreamsError } from '../../topology/model/errors.ts';
import type { HttpAnswer } from './http-exchange.ts';

/** What a registry answered: found, or in its own words why not. */
export type Answer =
  | { readonly kind: 'found'; readonly json: unknown }
  /** No such subject, version, schema or level. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'incompatible'; readonly message: string };

/**
 * Judges an answer of the registry at `base`.
 * @throws StreamsError `registry-unavailable` (worth another try), `registry-authentication-failed`,
 * `registry-not-authorized`, `registry-refused`, `not-a-registry`.
 */
export function judged(base: string, { status, headers, body }: HttpAnswer): Answer {
  const json = parsed(body);
  const at = `The Schema Registry at ${base}`;
  const { code, message } = refusalOf(json);
  if (status >= 500 || status === 429 || status === 408)
    throw new StreamsError('registry-unavailable', `${at} answers with status ${status}.`);
  if (status === 401)
    throw new StreamsError('registry-authentication-failed', `${at} does not take the credentials.`);
  if (status === 403)
    throw new StreamsError('registry-not-authorized', `${at} does not allow this (status 403).`);
  if (status >= 300 && status < 400) {
    const where = headers['location'];
    throw new StreamsError(
      'not-a-registry',
      `${base} leads elsewhere${where === undefined ? '' : `: ${where}`}.`,
    );
  }
  if (status >= 200 && status < 300 && json !== undefined) return { kind: 'found', json };
  // A registry says what is not there: 40401 subject, 40402 version, 40403 schema, 40408 level of a subject.
  if (status === 404 && code > 40_400 && code < 40_500) return { kind: 'absent' };
  if (status === 409 && code > 0) return { kind: 'incompatible', message };
  if (status >= 400 && status !== 404 && code > 0)
    throw new StreamsError('registry-refused', `${at} refuses (${code}): ${message}.`);
  throw new StreamsError(
    'not-a-registry',
    `What answers at ${base} is no Schema Registry (status ${status}).`,
  );
}

/** A field of an answer; fields that nobody asked for are never looked at. */
export const fieldOf = (json: unknown, name: string): unknown =>
  typeof json === 'object' && json !== null
    ? Object.entries(json).find(([key]) => key === name)?.[1]
    : undefined;

function refusalOf(json: unknown): { code: number; message: string } {
  const code = fieldOf(json, 'error_code');
  const message = fieldOf(json, 'message');
  return {
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message.trim().replace(/\.$/, '') : 'without a reason',
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
