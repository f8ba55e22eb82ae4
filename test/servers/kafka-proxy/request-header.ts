/** The requests that faults can be asked for, by the numbers of the protocol. */
const APIS = {
  produce: 0,
  fetch: 1,
  'list-offsets': 2,
  metadata: 3,
  'offset-commit': 8,
  'offset-fetch': 9,
  'find-coordinator': 10,
  'join-group': 11,
  heartbeat: 12,
  'leave-group': 13,
  'sync-group': 14,
  'init-producer-id': 22,
  'add-partitions': 24,
  'add-offsets': 25,
  'end-txn': 26,
  'txn-offset-commit': 28,
  'describe-cluster': 60,
} as const;
export type Api = keyof typeof APIS;

const NAMES: ReadonlyMap<number, Api> = new Map(
  Object.entries(APIS).flatMap(([name, key]) => (isApi(name) ? [[key, name] as const] : [])),
);

function isApi(name: string): name is Api {
  return name in APIS;
}

export interface RequestHeader {
  /** Undefined: a request of another kind. */
  readonly api: Api | undefined;
  readonly version: number;
  readonly correlation: number;
  /** Empty where the client has none. */
  readonly clientId: string;
}

/** What every request begins with, in all versions of the header. */
export function requestHeader(frame: Buffer): RequestHeader {
  const length = Math.max(0, frame.readInt16BE(12));
  return {
    api: NAMES.get(frame.readInt16BE(4)),
    version: frame.readInt16BE(6),
    correlation: frame.readInt32BE(8),
    clientId: frame.toString('utf8', 14, 14 + length),
  };
}

/** Which request an answer is for. */
export const correlationOf = (frame: Buffer): number => frame.readInt32BE(4);
