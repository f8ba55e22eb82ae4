import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readdress } from './addresses.ts';
import { Frames } from './frames.ts';

describe('frames', () => {
  const frame = (payload: Uint8Array): Buffer => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(payload.length);
    return Buffer.concat([length, payload]);
  };

  test('come out whole and in order, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.array(fc.nat(400)), (payloads, cuts) => {
        const sent = payloads.map(frame);
        const stream = Buffer.concat(sent);
        const frames = new Frames();
        const got: Buffer[] = [];
        let from = 0;
        for (const cut of [...cuts.filter((at) => at < stream.length).sort((a, b) => a - b), stream.length]) {
          got.push(...frames.push(stream.subarray(from, cut)));
          from = cut;
        }
        expect(got.map((one) => one.toString('hex'))).toEqual(sent.map((one) => one.toString('hex')));
      }),
    );
  });

  test('have addresses replaced only where brokers are told, and only those that are the brokers', () => {
    const told = (port: number): Buffer => {
      const bytes = Buffer.from('..127.0.0.1....');
      bytes.writeInt32BE(port, 11);
      return bytes;
    };
    const ports = new Map([[9_092, 40_001]]);
    const rewritten = (api: Parameters<typeof readdress>[0], port: number): number => {
      const bytes = told(port);
      readdress(api, bytes, ports);
      return bytes.readInt32BE(11);
    };
    expect(rewritten('metadata', 9_092)).toBe(40_001);
    expect(rewritten('find-coordinator', 9_092)).toBe(40_001);
    expect(rewritten('metadata', 9_093)).toBe(9_093);
    expect(rewritten('fetch', 9_092)).toBe(9_092);
    expect(rewritten(undefined, 9_092)).toBe(9_092);
  });
});
