import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { FileProgress } from './feed-statistics.ts';
import { inputError, unreadable } from './input-error.ts';

const CHUNK = 1 << 20;
/** A pipe gives so much at a time. */
const SMALL = 1 << 16;

/**
 * The content of a file, or of standard input for `-`, in chunks of about 1 MiB; a gzip file (told by its first bytes,
 * not by its name; of one or several members) is unpacked. No chunk is written to again, so views of it may be kept.
 * `progress` counts the bytes read.
 * @throws StreamsError `input-unreadable`.
 */
export async function* inputChunks(progress: FileProgress): AsyncGenerator<Buffer> {
  const raw = progress.file === '-' ? standardInput(progress) : fileChunks(progress);
  try {
    let first = true;
    for await (const chunk of await unpacked(raw)) {
      // Text has no NUL: this is an archive, a picture, a database or UTF-16.
      if (first && chunk.subarray(0, SMALL).includes(0)) {
        throw unreadable(progress.file, 'it is a binary file, not JSON in UTF-8');
      }
      first = false;
      yield chunk;
    }
  } catch (cause) {
    throw inputError(progress.file, cause);
  } finally {
    // Whoever leaves early leaves the file closed.
    await raw.return(undefined);
  }
}

async function* standardInput(progress: FileProgress): AsyncGenerator<Buffer> {
  for await (const chunk of process.stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : toBuffer(chunk);
    progress.bytesRead += bytes.length;
    yield bytes;
  }
}

function toBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  throw new TypeError('standard input gave no bytes');
}

async function* fileChunks(progress: FileProgress): AsyncGenerator<Buffer> {
  const handle = await open(progress.file, 'r');
  try {
    const status = await handle.stat();
    if (status.isDirectory()) throw unreadable(progress.file, 'it is a directory');
    if (status.isFile()) progress.bytesTotal = status.size;
    yield* handleChunks(handle, progress);
  } finally {
    await handle.close();
  }
}

async function* handleChunks(handle: FileHandle, progress: FileProgress): AsyncGenerator<Buffer> {
  let buffer = Buffer.alloc(0);
  for (;;) {
    if (buffer.length < SMALL) buffer = Buffer.allocUnsafeSlow(bufferSize(progress));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return;
    progress.bytesRead += bytesRead;
    yield buffer.subarray(0, bytesRead);
    buffer = buffer.subarray(bytesRead);
  }
}

// A thousand small files at once must not hold a thousand mebibytes.
function bufferSize({ bytesRead, bytesTotal }: FileProgress): number {
  return bytesTotal === undefined ? CHUNK : Math.min(CHUNK, Math.max(SMALL, bytesTotal - bytesRead + 1));
}

async function unpacked(raw: AsyncGenerator<Buffer>): Promise<AsyncIterable<Buffer>> {
  const head: Buffer[] = [];
  let length = 0;
  while (length < 2) {
    const next = await raw.next();
    if (next.done === true) break;
    head.push(next.value);
    length += next.value.length;
  }
  const [a, b] = Buffer.concat(head.map((chunk) => chunk.subarray(0, 2)));
  const whole = rejoined(head, raw);
  return a === 0x1f && b === 0x8b ? gunzipped(whole) : whole;
}

async function* rejoined(head: readonly Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  yield* rest;
}

async function* gunzipped(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK });
  const pumped = pipeline(packed, gunzip);
  // The same failure reaches the loop below; this only keeps it from being reported as unhandled as well.
  pumped.catch(() => undefined);
  for await (const chunk of gunzip) yield toBuffer(chunk);
  await pumped;
}
