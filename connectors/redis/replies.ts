import { StreamsError } from '../../topology/model/errors.ts';

const unexpected = (what: string): StreamsError =>
  new StreamsError('snapshot-store-unavailable', `Redis gave something else than ${what}.`);

/** A status, a number or a string, as text. */
export function textOf(reply: unknown): string {
  if (typeof reply === 'string' || typeof reply === 'number') return String(reply);
  if (Buffer.isBuffer(reply)) return reply.toString();
  throw unexpected('a text');
}

/** A flat list of bytes: field, value, field, value, ... */
export function flatOf(reply: unknown): readonly Buffer[] {
  if (Array.isArray(reply) && reply.every((item) => Buffer.isBuffer(item))) return reply;
  throw unexpected('a list of bytes');
}

/** A page of HSCAN. */
export function pageOf(reply: unknown): { readonly cursor: string; readonly flat: readonly Buffer[] } {
  if (!Array.isArray(reply) || reply.length !== 2) throw unexpected('a page');
  return { cursor: textOf(reply[0]), flat: flatOf(reply[1]) };
}
