import type { Kind } from '../kafka-client/cluster.ts';
import { exchange } from './exchange.ts';
import type { ApiVersion, Exchange } from './library.ts';

/** The requests as kafkajs has them, each in its last version, which brokers from 2.5 on take. An error is in the answer, as a code. */

export interface Coded {
  readonly errorCode: number;
}

export interface Of<P> {
  readonly topic: string;
  readonly partitions: readonly P[];
}

/** Versions of all requests by their numbers: also a sign of life. */
export const apiVersions: Exchange<Readonly<Record<number, ApiVersion>>> = ((): Exchange<
  Readonly<Record<number, ApiVersion>>
> => {
  interface Answer {
    readonly apiVersions: readonly ({ readonly apiKey: number } & ApiVersion)[];
  }
  const { request, response } = exchange<Answer>('ApiVersions', 2, {});
  return {
    request,
    response: {
      decode: async (bytes) =>
        Object.fromEntries((await response.decode(bytes)).apiVersions.map((one) => [one.apiKey, one])),
      parse: (answer) => answer,
    },
  };
})();

export const metadata = (
  topics: readonly string[],
): Exchange<{
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number;
    readonly topic: string;
    readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
  }[];
}> => exchange('Metadata', 6, { topics, allowAutoTopicCreation: false });

export const findCoordinator = (
  kind: Kind,
  key: string,
): Exchange<
  Coded & { readonly coordinator: { readonly nodeId: number; readonly host: string; readonly port: number } }
> => exchange('GroupCoordinator', 2, { groupId: key, coordinatorType: kind === 'group' ? 0 : 1 });

export const createTopics = (
  topic: string,
  numPartitions: number,
  configEntries: readonly { readonly name: string; readonly value: string }[],
  timeout: number,
): Exchange<{ readonly topicErrors: readonly Coded[] }> =>
  // -1 replicas: what the brokers do by default.
  exchange('CreateTopics', 3, {
    topics: [{ topic, numPartitions, replicationFactor: -1, configEntries }],
    timeout,
  });

export const deleteRecords = (
  topic: string,
  partition: number,
  offset: number,
  timeout: number,
): Exchange<{ readonly topics: readonly Of<Coded>[] }> =>
  exchange('DeleteRecords', 1, { topics: [{ topic, partitions: [{ partition, offset }] }], timeout });

export const listOffsets = (
  topics: readonly Of<{ readonly partition: number; readonly timestamp: number }>[],
  isolationLevel: 0 | 1,
): Exchange<{
  readonly responses: readonly Of<Coded & { readonly partition: number; readonly offset: string }>[];
}> => exchange('ListOffsets', 3, { topics, isolationLevel });

export interface JoinGroup {
  readonly groupId: string;
  readonly sessionTimeout: number;
  readonly rebalanceTimeout: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly protocolType: string;
  readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
}

export const joinGroup = (
  args: JoinGroup,
): Exchange<
  Coded & {
    readonly generationId: number;
    readonly leaderId: string;
    readonly memberId: string;
    readonly members: readonly {
      readonly memberId: string;
      readonly groupInstanceId: string | null;
      readonly memberMetadata: Buffer;
    }[];
  }
> => exchange('JoinGroup', 5, args);

interface Member {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

export const syncGroup = (
  args: Member & {
    readonly generationId: number;
    readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
  },
): Exchange<Coded & { readonly memberAssignment: Buffer }> => exchange('SyncGroup', 3, args);

export const heartbeat = (args: Member & { readonly groupGenerationId: number }): Exchange<Coded> =>
  exchange('Heartbeat', 3, args);

export const leaveGroup = (args: Member): Exchange<Coded & { readonly members: readonly Coded[] }> =>
  exchange('LeaveGroup', 3, args);

export interface OffsetPartition {
  readonly partition: number;
  readonly offset: string;
  readonly metadata: string;
}

export interface Answered {
  readonly partition: number;
  readonly errorCode: number;
}

export const offsetCommit = (args: {
  readonly groupId: string;
  readonly groupGenerationId: number;
  readonly memberId: string;
  readonly topics: readonly Of<OffsetPartition>[];
}): Exchange<{ readonly responses: readonly Of<Answered>[] }> => exchange('OffsetCommit', 5, args);

export const initProducerId = (
  transactionalId: string | null,
  transactionTimeout: number,
): Exchange<Coded & { readonly producerId: string; readonly producerEpoch: number }> =>
  exchange('InitProducerId', 1, { transactionalId, transactionTimeout });

/** A transaction, and who speaks in it. */
export interface Speaker {
  readonly transactionalId: string;
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

export const addPartitionsToTxn = (
  speaker: Speaker,
  topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
): Exchange<{ readonly errors: readonly { readonly partitionErrors: readonly Answered[] }[] }> =>
  exchange('AddPartitionsToTxn', 1, { ...speaker, topics });

export const addOffsetsToTxn = (speaker: Speaker, groupId: string): Exchange<Coded> =>
  exchange('AddOffsetsToTxn', 1, { ...speaker, groupId });

export const txnOffsetCommit = (
  speaker: Speaker,
  groupId: string,
  topics: readonly Of<OffsetPartition>[],
): Exchange<{ readonly topics: readonly Of<Answered>[] }> =>
  exchange('TxnOffsetCommit', 1, { ...speaker, groupId, topics });

export const endTxn = (speaker: Speaker, transactionResult: boolean): Exchange<Coded> =>
  exchange('EndTxn', 1, { ...speaker, transactionResult });
