import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether one of the signatures of a webhook is that of its body: `v1=` and the HMAC-SHA256 in hexadecimal, several with commas
 * between while a secret is changed. How much of one is right takes no measurable time to tell.
 */
export function isSigned(
  header: string | readonly string[] | undefined,
  body: Uint8Array,
  secret: string,
): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = (typeof header === 'string' ? header : (header ?? []).join(',')).split(',');
  return given.some((one) => {
    const hex = /^v1=([0-9a-f]{64})$/i.exec(one.trim())?.[1];
    return hex !== undefined && timingSafeEqual(Buffer.from(hex, 'hex'), expected);
  });
}
