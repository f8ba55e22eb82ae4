import type { Api } from './request-header.ts';

/** The answers that tell clients where brokers are. */
const TELLING: ReadonlySet<Api> = new Set(['metadata', 'find-coordinator', 'describe-cluster']);

const HOST = Buffer.from('127.0.0.1');

/**
 * Puts other ports in the place of the brokers' in an answer. In every version of these answers a host stands as its text with
 * the port in four bytes behind it, so the answer keeps its length and need not be understood.
 */
export function readdress(api: Api | undefined, answer: Buffer, ports: ReadonlyMap<number, number>): void {
  if (api === undefined || !TELLING.has(api)) return;
  for (let at = answer.indexOf(HOST); at >= 0; at = answer.indexOf(HOST, at + 1)) {
    const behind = at + HOST.length;
    const port = behind + 4 <= answer.length ? ports.get(answer.readInt32BE(behind)) : undefined;
    if (port !== undefined) answer.writeInt32BE(port, behind);
  }
}
