import { connect } from 'node:net';

/** A cluster as one of its brokers sees it. */
export interface ClusterView {
  readonly clusterId: string;
  readonly brokers: number;
}

const DESCRIBE_CLUSTER = 60;

/**
 * Asks the broker on 127.0.0.1 who belongs to its cluster (DescribeCluster, version 0). Rejects when it does not answer in
 * full within `withinMs`. A broker that listens but has not joined yet does not know the others: count them.
 */
export function describeCluster(port: number, withinMs = 3000): Promise<ClusterView> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let received = Buffer.alloc(0);
    socket.setTimeout(withinMs, () => socket.destroy(new Error(`no answer from 127.0.0.1:${port}`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`127.0.0.1:${port} closed the connection`)));
    socket.on('connect', () => socket.write(request()));
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      socket.destroy();
      try {
        resolve(viewOf(received));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}

/** Header version 2 (client id `s`, no tagged fields); no authorized operations asked for. */
function request(): Buffer {
  const body = Buffer.from([0, DESCRIBE_CLUSTER, 0, 0, 0, 0, 0, 1, 0, 1, 0x73, 0, 0, 0]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

/** Compact strings and arrays: a length plus one, as unsigned varint; 0 is null. */
function viewOf(response: Buffer): ClusterView {
  // Size, correlation id, tagged fields, throttle time.
  let at = 4 + 4 + 1 + 4;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = response.readUInt8(at++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const text = (): string => {
    const length = Math.max(varint() - 1, 0);
    at += length;
    return response.toString('utf8', at - length, at);
  };
  const error = response.readInt16BE(at);
  at += 2;
  const message = text();
  if (error !== 0) throw new Error(`DescribeCluster: error ${error} ${message}`);
  const clusterId = text();
  at += 4;
  return { clusterId, brokers: varint() - 1 };
}
