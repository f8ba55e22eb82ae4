/** What a client sends itself; scripts call the others on the server. */
const SENT: ReadonlySet<string> = new Set(['evalsha', 'eval', 'hgetall', 'hscan']);
/** The bench asks these, and a connection begins with them. */
const NOT_COUNTED: ReadonlySet<string> = new Set(['info', 'config|resetstat', 'flushall', 'ping', 'hello']);

/** Counts of `INFO commandstats`: commands sent by clients, and all that the server carried out. */
export function redisCommands(info: string): { readonly sent: number; readonly all: number } {
  let sent = 0;
  let all = 0;
  for (const [, name = '', calls] of info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    if (NOT_COUNTED.has(name)) continue;
    all += Number(calls);
    if (SENT.has(name)) sent += Number(calls);
  }
  return { sent, all };
}
