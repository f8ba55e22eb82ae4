import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';
import type { BodyRule } from './route.ts';

/** Refuses by what the headers say, before a byte of the body is read. @throws Refusal */
export function assertTakes({ types, maxBytes }: BodyRule, { headers }: IncomingMessage): void {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const encoding = headers['content-encoding'] ?? 'identity';
  // What is packed is not unpacked: a few kilobytes could stand for gigabytes.
  if (!types.includes(type) || encoding.toLowerCase() !== 'identity')
    throw new Refusal('unsupported-type', { Accept: types.join(', ') });
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw new Refusal('too-large');
}

/**
 * The whole body. What comes beyond the limit is thrown away as it comes, so that the client gets to read its answer; the
 * server's time limit ends both. @throws Refusal `too-large`, or `bad-request` when the client went before its end.
 */
export function bodyOf(request: IncomingMessage, { maxBytes }: BodyRule): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  let chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= maxBytes) {
      chunks.push(chunk);
      return;
    }
    chunks = [];
    reject(new Refusal('too-large'));
  });
  request.once('end', () => resolve(Buffer.concat(chunks)));
  const gone = (): void => reject(new Refusal('bad-request'));
  request.once('error', gone).once('close', gone);
  return promise;
}
