import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal.ts';

/** The token stands for itself only when all of it is equal, and how much of it is takes no measurable time to tell. */
export function assertBearer(header: string | undefined, token: string): void {
  const given = /^bearer +([\x21-\x7e]+) *$/i.exec(header ?? '')?.[1];
  // Hashes have one length: the comparison tells nothing of the token's.
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return;
  throw new Refusal('unauthorized', { 'WWW-Authenticate': 'Bearer' });
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
