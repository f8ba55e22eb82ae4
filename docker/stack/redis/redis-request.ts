import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** How a Redis is reached and asked. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly user?: { readonly name: string; readonly password: string } | undefined;
  /** Path of the authority's certificate: TLS. */
  readonly ca?: string | undefined;
}

/**
 * Sends one command of plain words and gives its answer: `+PONG`, `-NOPERM …`, `:1`, a string as it is, `$-1` for none;
 * of a list the first line. Rejects when nothing comes within `withinMs`.
 */
export function askRedis(address: RedisAddress, command: string, withinMs = 3000): Promise<string> {
  const { host, port, user, ca } = address;
  return new Promise((resolve, reject) => {
    const socket =
      ca === undefined
        ? connect({ host, port })
        : // The certificate is for the name and for the address; the name is what clients are told.
          connectTls({ host, port, ca: readFileSync(ca), servername: 'localhost' });
    // `AUTH` is answered with one line, which is taken off.
    const before = user === undefined ? '' : `AUTH ${user.name} ${user.password}\r\n`;
    let received = '';
    socket.setTimeout(withinMs, () => socket.destroy(new Error(`no answer from ${host}:${port}`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${host}:${port} closed the connection`)));
    socket.setEncoding('utf8');
    socket.write(`${before}${command}\r\n`);
    socket.on('data', (text: string) => {
      received += text;
      const answer = answerIn(received, user !== undefined);
      if (answer === undefined) return;
      socket.removeAllListeners('close');
      socket.destroy();
      resolve(answer);
    });
  });
}

/** The answer once all of it has come. A refused `AUTH` is the answer. */
function answerIn(received: string, behindAuth: boolean): string | undefined {
  const line = received.indexOf('\r\n');
  if (line < 0) return undefined;
  if (behindAuth && !received.startsWith('-')) return answerIn(received.slice(line + 2), false);
  if (!received.startsWith('$')) return received.slice(0, line);
  // A string with its length before it (these answers are ASCII); -1 is none.
  const length = Number(received.slice(1, line));
  if (length < 0) return received.slice(0, line);
  return received.length < line + 2 + length + 2 ? undefined : received.slice(line + 2, line + 2 + length);
}
