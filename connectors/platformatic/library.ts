import type * as FrontDoor from '@platformatic/kafka';
import { withoutClients } from './without-clients.ts';

/**
 * The parts of @platformatic/kafka that are used. Its front door also loads the library's own clients, of which nothing is used here, and
 * they compile the JSON schemas of all their options: 110 ms and 17 MB of each start. Each
 * part has of the whole what its name says. The version is pinned, and a test says whether these are still what the front door gives.
 */
type Library = typeof FrontDoor;

// The connection first: these files import each other in circles, and this is where the front door enters them.
const [network, protocol, errors, apis] = await withoutClients(
  async () =>
    [
      (await import(
        new URL('./network/index.js', import.meta.resolve('@platformatic/kafka')).href
      )) as Library,
      (await import(
        new URL('./protocol/index.js?parts', import.meta.resolve('@platformatic/kafka')).href
      )) as Library,
      (await import(new URL('./errors.js', import.meta.resolve('@platformatic/kafka')).href)) as Library,
      (await import(
        new URL('./apis/index.js?parts', import.meta.resolve('@platformatic/kafka')).href
      )) as Library,
    ] as const,
);

export type Connection = FrontDoor.Connection;
export const Connection: Library['Connection'] = network.Connection;

export const compressionsAlgorithms: Library['compressionsAlgorithms'] = protocol.compressionsAlgorithms;
export const compressionsAlgorithmsByBitmask: Library['compressionsAlgorithmsByBitmask'] =
  protocol.compressionsAlgorithmsByBitmask;
export const crc32c: Library['crc32c'] = protocol.crc32c;
export const Reader: Library['Reader'] = protocol.Reader;
export const Writer: Library['Writer'] = protocol.Writer;

export const AuthenticationError: Library['AuthenticationError'] = errors.AuthenticationError;
export const NetworkError: Library['NetworkError'] = errors.NetworkError;
export const protocolErrorsCodesById: Library['protocolErrorsCodesById'] = errors.protocolErrorsCodesById;
export const ResponseError: Library['ResponseError'] = errors.ResponseError;
export const TimeoutError: Library['TimeoutError'] = errors.TimeoutError;

export const addOffsetsToTxnV4: Library['addOffsetsToTxnV4'] = apis.addOffsetsToTxnV4;
export const addPartitionsToTxnV3: Library['addPartitionsToTxnV3'] = apis.addPartitionsToTxnV3;
export const apiVersionsV3: Library['apiVersionsV3'] = apis.apiVersionsV3;
export const ConfigResourceTypes: Library['ConfigResourceTypes'] = apis.ConfigResourceTypes;
export const createAPI: Library['createAPI'] = apis.createAPI;
export const createTopicsV7: Library['createTopicsV7'] = apis.createTopicsV7;
export const deleteRecordsV2: Library['deleteRecordsV2'] = apis.deleteRecordsV2;
export const describeConfigsV4: Library['describeConfigsV4'] = apis.describeConfigsV4;
export const describeProducersV0: Library['describeProducersV0'] = apis.describeProducersV0;
export const endTxnV4: Library['endTxnV4'] = apis.endTxnV4;
export const fetchV17: Library['fetchV17'] = apis.fetchV17;
export const findCoordinatorV4: Library['findCoordinatorV4'] = apis.findCoordinatorV4;
export const heartbeatV4: Library['heartbeatV4'] = apis.heartbeatV4;
export const initProducerIdV5: Library['initProducerIdV5'] = apis.initProducerIdV5;
export const joinGroupV9: Library['joinGroupV9'] = apis.joinGroupV9;
export const leaveGroupV5: Library['leaveGroupV5'] = apis.leaveGroupV5;
export const listOffsetsV7: Library['listOffsetsV7'] = apis.listOffsetsV7;
export const metadataV12: Library['metadataV12'] = apis.metadataV12;
export const offsetCommitV9: Library['offsetCommitV9'] = apis.offsetCommitV9;
export const offsetFetchV9: Library['offsetFetchV9'] = apis.offsetFetchV9;
export const produceV11: Library['produceV11'] = apis.produceV11;
export const syncGroupV5: Library['syncGroupV5'] = apis.syncGroupV5;
export const txnOffsetCommitV4: Library['txnOffsetCommitV4'] = apis.txnOffsetCommitV4;
