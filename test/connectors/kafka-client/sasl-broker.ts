import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

const METADATA = 3;
const SASL_HANDSHAKE = 17;
const API_VERSIONS = 18;
const SASL_AUTHENTICATE = 36;
/** In its versions from 9 on the requests are of the flexible kind. */
const FLEXIBLE_METADATA = 9;
/** What is never asked here, and must be known: what has to do with records, groups and transactions. */
const KNOWN = [0, 1, 2, 8, 9, 10, 11, 12, 13, 14, 22, 24, 25, 26, 28];
/** What a connection asks first, in versions that both client libraries know. */
const VERSIONS: readonly (readonly [key: number, min: number, max: number])[] = [
  ...KNOWN.map((key) => [key, 0, 99] as const),
  [METADATA, 0, 12],
  [SASL_HANDSHAKE, 0, 1],
  [API_VERSIONS, 0, 3],
  [SASL_AUTHENTICATE, 0, 1],
];
const AUTHENTICATION_FAILED = 58;
const ILLEGAL_SASL_STATE = 34;
/** A session may not be renewed sooner, milliseconds. */
const SOONEST = 1_000;

/** What is answered to what a client says of itself. */
export interface Judged {
  readonly accepted: boolean;
  /** What a mechanism says back beside it, without saying more. */
  readonly said?: string;
}

export interface SaslBroker {
  readonly address: string;
  /** Connections that were opened so far. */
  readonly connections: () => readonly Socket[];
  close(): Promise<void>;
}

export interface SaslBrokerSettings {
  /** Of a session, milliseconds; 0: without an end. */
  readonly lifetime: number;
  /** Each word of a client, by the number of the handshake on its connection. Nothing is answered to undefined. */
  readonly judge: (words: string, handshake: number, from: Socket) => Promise<Judged | undefined> | Judged;
}

interface Request {
  readonly key: number;
  readonly version: number;
  readonly correlation: number;
  readonly body: Buffer;
}

/** A broker that lets in whom `judge` accepts, and knows no topics. As a real one it hangs up on who asks for anything before. */
export async function saslBroker({ lifetime, judge }: SaslBrokerSettings): Promise<SaslBroker> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    let [handshakes, letInAt] = [0, 0];
    let isIn = false;
    let turn = Promise.resolve();
    let bytes = Buffer.alloc(0);
    const answer = async ({ key, version, correlation, body }: Request): Promise<void> => {
      const say = (...parts: readonly Buffer[]): void => void socket.write(framed(correlation, parts));
      if (key === API_VERSIONS) return say(versions(version));
      if (key === SASL_HANDSHAKE) {
        if (Date.now() - letInAt < SOONEST) return say(int16(ILLEGAL_SASL_STATE), int32(0));
        [handshakes, isIn] = [handshakes + 1, false];
        return say(int16(0), int32(1), text(body.subarray(2).toString()));
      }
      if (key === SASL_AUTHENTICATE) {
        const judged = await judge(body.subarray(4).toString(), handshakes, socket);
        if (judged === undefined) return;
        isIn = judged.accepted;
        if (isIn) letInAt = Date.now();
        const said = Buffer.from(judged.said ?? '');
        const failed = !isIn && judged.said === undefined;
        say(int16(failed ? AUTHENTICATION_FAILED : 0), NULL_TEXT, int32(said.length), said, int64(lifetime));
        if (failed) socket.end();
        return;
      }
      if (!isIn || key !== METADATA) return void socket.destroy();
      say(version >= FLEXIBLE_METADATA ? NOTHING_KNOWN : NOTHING_KNOWN_BEFORE);
    };
    socket.on('error', () => {});
    socket.on('data', (more) => {
      bytes = Buffer.concat([bytes, more]);
      for (; bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0); ) {
        const end = 4 + bytes.readInt32BE(0);
        const request = requestIn(bytes.subarray(4, end));
        bytes = bytes.subarray(end);
        // One after the other, as a broker does it.
        turn = turn.then(() => answer(request));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  return {
    address: `127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`,
    connections: () => sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function requestIn(bytes: Buffer): Request {
  const [key, version, correlation] = [bytes.readInt16BE(0), bytes.readInt16BE(2), bytes.readInt32BE(4)];
  const client = Math.max(0, bytes.readInt16BE(8));
  return { key, version, correlation, body: bytes.subarray(10 + client) };
}

const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 255, value & 255]);
const int32 = (value: number): Buffer => Buffer.concat([int16(value >> 16), int16(value)]);
const int64 = (value: number): Buffer => Buffer.concat([int32(0), int32(value)]);
const text = (value: string): Buffer => Buffer.concat([int16(value.length), Buffer.from(value)]);
const NULL_TEXT = int16(-1);

function framed(correlation: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat([int32(correlation), ...parts]);
  return Buffer.concat([int32(body.length), body]);
}

function versions(version: number): Buffer {
  const each = VERSIONS.map((one) => Buffer.concat([...one.map(int16), ...(version < 3 ? [] : [EMPTY])]));
  const count = version < 3 ? int32(each.length) : Buffer.from([each.length + 1]);
  return Buffer.concat([int16(0), count, ...each, int32(0), ...(version < 3 ? [] : [EMPTY])]);
}

/** No tagged fields; of a compact text null. */
const EMPTY = Buffer.from([0]);
/** A compact array of none. */
const NONE = Buffer.from([1]);
/** Metadata without brokers and topics; the first byte ends the header. */
const NOTHING_KNOWN = Buffer.concat([EMPTY, int32(0), NONE, EMPTY, int32(-1), NONE, EMPTY]);
const NOTHING_KNOWN_BEFORE = Buffer.concat([int32(0), int32(0), NULL_TEXT, int32(-1), int32(0)]);
