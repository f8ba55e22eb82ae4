import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Hmac } from '../../../connectors/redis/hmac.ts';

test('the HMAC is that of the library, for any secret and text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 200 }), (secret, text) => {
      expect(new Hmac(secret).of(text)).toEqual(createHmac('sha256', secret).update(text).digest());
    }),
  );
});

test('a secret longer than a block is refused', () => {
  expect(() => new Hmac(new Uint8Array(65))).toThrow(RangeError);
});
