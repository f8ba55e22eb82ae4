import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

/**
 * The parts of kafkajs 2.2.4 that this room is built on: connections with TLS and SASL, and the encoding of requests, answers and
 * records. They are not exported by the package, so the version is pinned and their types are written here. What it exports is not used,
 * because it cannot be made right from outside: its consumer takes no part in a rebalance, asks for partitions it has lost, filters
 * aborted records by a list in the wrong order and checks no checksum; its producer and its admin hide which partition was refused
 * and why, and all of them try again for as long as they like.
 */

/** Bytes that are being written. */
export interface Encoder {
  readonly buffer: Buffer;
  size(): number;
  writeInt16(value: number): this;
  writeInt32(value: number): this;
  writeBoolean(value: boolean): this;
  writeString(value: string | null): this;
  writeArray(of: readonly Encoder[]): this;
  writeEncoder(value: Encoder): this;
  writeBytes(value: Buffer): this;
  /** Those of the flexible versions. */
  writeUVarInt(value: number): this;
  writeUVarIntString(value: string): this;
  writeUVarIntArray(of: readonly Encoder[], type: 'object'): this;
}

/** Bytes that are being read. */
export interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readInt64(): bigint;
  readString(): string | null;
  /** Without a length: what four bytes before it say; null for -1. */
  readBytes(length?: number): Buffer | null;
  readArray<T>(read: (decoder: Decoder) => T): T[];
  readUVarIntString(): string | null;
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[] | null;
  readTaggedFields(): unknown;
}

/** A request, and how its answer is read. */
export interface Exchange<A> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<Encoder>;
  };
  readonly response: {
    decode(bytes: Buffer): Promise<A>;
    parse(answer: A): Promise<A> | A;
  };
  /** Milliseconds, where it takes longer than others. */
  readonly requestTimeout?: number;
}

export interface ApiVersion {
  readonly minVersion: number;
  readonly maxVersion: number;
}

export interface Connection {
  readonly requestQueue: {
    readonly pending: readonly unknown[];
    scheduleCheckPendingRequests(): void;
    rejectAll(error: Error): void;
  };
  /** Of what it was let in with last, milliseconds; 0 without an end. */
  readonly sessionLifetime: { toString(): string };
  isConnected(): boolean;
  connect(): Promise<unknown>;
  setVersions(versions: Readonly<Record<number, ApiVersion>>): void;
  setSupportAuthenticationProtocol(isSupported: boolean): void;
  authenticate(): Promise<void>;
  send<A>(exchange: Exchange<A>): Promise<A>;
  disconnect(): Promise<unknown>;
}

export interface Logger {
  namespace(): Logger;
  debug(): void;
  info(): void;
  warn(): void;
  error(): void;
}

export interface SocketRequest {
  readonly host: string;
  readonly port: number;
  readonly ssl: object | null;
  readonly onConnect: () => void;
}

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly logger: Logger;
  readonly socketFactory: (request: SocketRequest) => Socket;
  readonly ssl: object | null;
  readonly sasl: object | null;
  readonly clientId: string;
  readonly requestTimeout: number;
  readonly connectionTimeout: number;
}

/** A record as it is read. */
export interface Message {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Of one name that comes several times all values. */
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A record batch as it is read. */
export interface RecordBatch {
  readonly firstOffset: string;
  readonly lastOffsetDelta: number;
  readonly partitionLeaderEpoch: number;
  readonly producerId: string;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly records: readonly Message[];
}

export interface NewBatch {
  readonly firstTimestamp: number;
  readonly maxTimestamp: number;
  readonly lastOffsetDelta: number;
  readonly transactional: boolean;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly records: readonly Encoder[];
}

export interface NewRecord {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** A request of the protocol by its version. */
interface Definition {
  protocol(of: { readonly version: number }): (args: object) => Exchange<unknown>;
}

const load = createRequire(import.meta.url);

function part<T>(loaded: unknown): T {
  return loaded as T;
}

const EncoderOf = part<new () => Encoder>(load('kafkajs/src/protocol/encoder'));
const DecoderOf = part<new (bytes: Buffer) => Decoder>(load('kafkajs/src/protocol/decoder'));
const ConnectionOf = part<new (options: ConnectionOptions) => Connection>(
  load('kafkajs/src/network/connection'),
);

export const newEncoder = (): Encoder => new EncoderOf();
export const newDecoder = (bytes: Buffer): Decoder => new DecoderOf(bytes);
export const newConnection = (options: ConnectionOptions): Connection => new ConnectionOf(options);

export const requests: Readonly<Record<string, Definition>> = part<{
  readonly requests: Readonly<Record<string, Definition>>;
}>(load('kafkajs/src/protocol/requests')).requests;

export const errorCodes: readonly { readonly type: string; readonly code: number }[] = part<{
  readonly errorCodes: readonly { readonly type: string; readonly code: number }[];
}>(load('kafkajs/src/protocol/error')).errorCodes;

export const crc32c: (bytes: Buffer) => number = part(load('kafkajs/src/protocol/recordBatch/crc32C'));

export const encodeRecord: (record: NewRecord) => Encoder = part(
  load('kafkajs/src/protocol/recordBatch/record/v0'),
);
export const encodeRecordBatch: (batch: NewBatch) => Promise<Encoder> = part<{
  readonly RecordBatch: (batch: NewBatch) => Promise<Encoder>;
}>(load('kafkajs/src/protocol/recordBatch/v0')).RecordBatch;
export const decodeRecordBatch: (decoder: Decoder) => Promise<RecordBatch> = part(
  load('kafkajs/src/protocol/recordBatch/v0/decoder'),
);
