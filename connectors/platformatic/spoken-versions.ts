import { StreamsError } from '../../topology/model/errors.ts';
import { fetchRaw, metadata } from './apis.ts';
import {
  addOffsetsToTxnV4,
  addPartitionsToTxnV3,
  apiVersionsV3,
  type Connection,
  endTxnV4,
  findCoordinatorV4,
  heartbeatV4,
  initProducerIdV5,
  joinGroupV9,
  leaveGroupV5,
  listOffsetsV7,
  offsetFetchV9,
  produceV11,
  syncGroupV5,
  txnOffsetCommitV4,
} from './library.ts';

/** Versions of requests that a broker knows. */
export interface Spoken {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** What no worker and no reader does without, with the one version that it is asked in. */
const NEEDED = {
  Fetch: fetchRaw,
  OffsetFetch: offsetFetchV9.api,
  Produce: produceV11.api,
  ListOffsets: listOffsetsV7.api,
  Metadata: metadata,
  FindCoordinator: findCoordinatorV4.api,
  JoinGroup: joinGroupV9.api,
  SyncGroup: syncGroupV5.api,
  Heartbeat: heartbeatV4.api,
  LeaveGroup: leaveGroupV5.api,
  InitProducerId: initProducerIdV5.api,
  AddPartitionsToTxn: addPartitionsToTxnV3.api,
  AddOffsetsToTxn: addOffsetsToTxnV4.api,
  TxnOffsetCommit: txnOffsetCommitV4.api,
  EndTxn: endTxnV4.api,
};

/**
 * A broker hangs up on who asks in a version that it does not know, which looks as if it were away.
 * @throws StreamsError `broker-unfit`, naming the broker and each request that it does not know so.
 */
export function assertSpoken(spoken: readonly Spoken[], broker: string): void {
  const lacking = Object.entries(NEEDED).flatMap(([name, { key, version }]) => {
    const found = spoken.find(({ apiKey }) => apiKey === key);
    if (found !== undefined && found.minVersion <= version && version <= found.maxVersion) return [];
    const has = found === undefined ? 'none' : `${found.minVersion} to ${found.maxVersion}`;
    return [`${name} ${version} (${has})`];
  });
  if (lacking.length === 0) return;
  throw new StreamsError('broker-unfit', `${broker} does not know ${lacking.join(', ')}.`);
}

/** The brokers that were asked, and do. */
export class SpokenVersions {
  readonly #fit = new Set<string>();

  /** Ends the connection where it throws. @throws StreamsError `broker-unfit`; what the connection throws. */
  async assert(connection: Connection, broker: string): Promise<void> {
    if (this.#fit.has(broker)) return;
    try {
      const { apiKeys } = await apiVersionsV3.api.async(connection, 'sepsis-streams', '0');
      assertSpoken(apiKeys, broker);
    } catch (error) {
      await connection.close().catch(() => {});
      throw error;
    }
    this.#fit.add(broker);
  }
}
