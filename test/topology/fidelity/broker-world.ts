import {
  addOffsetsToTxnV4,
  addPartitionsToTxnV3,
  deleteRecordsV2,
  endTxnV4,
  initProducerIdV5,
  listOffsetsV7,
  offsetCommitV9,
  offsetFetchV9,
  txnOffsetCommitV4,
} from '@platformatic/kafka';
import { refused } from '../../../connectors/kafka-client/refused.ts';
import { fetchRaw, produce } from '../../../connectors/platformatic/apis.ts';
import { decodeBatches } from '../../../connectors/platformatic/decode-batches.ts';
import { encodeBatch } from '../../../connectors/platformatic/encode-batch.ts';
import { nameOfCode } from '../../../connectors/platformatic/protocol-error.ts';
import { text } from '../../../topology/model/codec.ts';
import { BrokerGroup } from './broker-group.ts';
import type { Requests } from './requests.ts';
import type { Committer, Identity, Joined, Joining, LogView, Pending, Place, Stamp, World } from './world.ts';

const TIMEOUT = 30_000;

/** A real broker that is alone in its cluster, so that it leads and coordinates all. */
export class BrokerWorld implements World {
  readonly #requests: Requests;
  readonly #topic: string;
  readonly #topicId: string;
  readonly #prefix: string;
  readonly #group: BrokerGroup;

  /** `prefix` stands before the script's names of groups and transactional ids. */
  constructor(requests: Requests, topic: { readonly name: string; readonly id: string }, prefix: string) {
    this.#requests = requests;
    this.#topic = topic.name;
    this.#topicId = topic.id;
    this.#prefix = prefix;
    this.#group = new BrokerGroup(requests, topic.name);
  }

  async initProducerId(transactionalId: string | null, timeoutMs: number): Promise<Identity> {
    const id = transactionalId === null ? null : this.#prefix + transactionalId;
    const { producerId, producerEpoch } = await this.#requests.ask(
      initProducerIdV5.api,
      id,
      timeoutMs,
      -1n,
      -1,
    );
    return { producerId: Number(producerId), epoch: producerEpoch };
  }

  async addPartitions(transactionalId: string, of: Identity, partitions: readonly number[]): Promise<void> {
    await this.#requests.ask(addPartitionsToTxnV3.api, [
      {
        transactionalId: this.#prefix + transactionalId,
        producerId: BigInt(of.producerId),
        producerEpoch: of.epoch,
        verifyOnly: false,
        topics: [{ name: this.#topic, partitions: [...partitions] }],
      },
    ]);
  }

  async addOffsets(transactionalId: string, of: Identity, groupId: string): Promise<void> {
    const id = this.#prefix + transactionalId;
    const group = this.#prefix + groupId;
    await this.#requests.ask(addOffsetsToTxnV4.api, id, BigInt(of.producerId), of.epoch, group);
  }

  async produce(partition: number, values: readonly string[], stamp: Stamp | undefined): Promise<number> {
    const now = Date.now();
    const records = values.map((value) => ({ key: null, value: text.encode(value), timestamp: now }));
    const id =
      stamp === undefined || stamp.transactionalId === null ? null : this.#prefix + stamp.transactionalId;
    const producer = {
      producerId: BigInt(stamp?.producerId ?? -1),
      epoch: stamp?.epoch ?? -1,
      sequence: stamp?.sequence ?? -1,
      transactional: id !== null,
    };
    const partitions = [{ partition, batch: encodeBatch(records, producer, 'none') }];
    const { responses } = await this.#requests.ask(produce[11], id, TIMEOUT, [
      { name: this.#topic, partitions },
    ]);
    return Number(responses[0]?.partitionResponses[0]?.baseOffset);
  }

  async stageOffset(
    transactionalId: string,
    of: Identity,
    groupId: string,
    as: Committer,
    at: Place,
  ): Promise<void> {
    await this.#requests.ask(
      txnOffsetCommitV4.api,
      this.#prefix + transactionalId,
      this.#prefix + groupId,
      BigInt(of.producerId),
      of.epoch,
      as.generation,
      as.memberId,
      as.instanceId ?? null,
      this.#offsets(at),
    );
  }

  async endTransaction(transactionalId: string, of: Identity, commit: boolean): Promise<void> {
    const end = (): Promise<unknown> =>
      this.#requests.ask(
        endTxnV4.api,
        this.#prefix + transactionalId,
        BigInt(of.producerId),
        of.epoch,
        commit,
      );
    await end();
    // Said once more it is refused for as long as its markers are being written.
    await end();
  }

  async commitOffset(groupId: string, as: Committer, at: Place): Promise<void> {
    const { generation, memberId, instanceId } = as;
    const group = this.#prefix + groupId;
    await this.#requests.ask(
      offsetCommitV9.api,
      group,
      generation,
      memberId,
      instanceId ?? null,
      this.#offsets(at),
    );
  }

  async committedOffset(groupId: string, partition: number, stable: boolean): Promise<number | undefined> {
    const topics = [{ name: this.#topic, partitionIndexes: [partition] }];
    const asked = [{ groupId: this.#prefix + groupId, memberId: null, memberEpoch: -1, topics }];
    const { groups } = await this.#requests.ask(offsetFetchV9.api, asked, stable);
    const found = groups[0]?.topics[0]?.partitions[0];
    const code = groups[0]?.errorCode || found?.errorCode || 0;
    if (code !== 0) throw refused(nameOfCode(code), 'Committed offsets');
    const offset = Number(found?.committedOffset ?? -1);
    return offset < 0 ? undefined : offset;
  }

  async deleteRecords(partition: number, before: number): Promise<void> {
    const partitions = [{ partitionIndex: partition, offset: BigInt(before) }];
    await this.#requests.ask(deleteRecordsV2.api, [{ name: this.#topic, partitions }], TIMEOUT);
  }

  async look(partition: number): Promise<LogView> {
    const start = await this.#offset(partition, -2n, 0);
    const [stableEnd, end] = [await this.#offset(partition, -1n, 1), await this.#offset(partition, -1n, 0)];
    return {
      start,
      // A broker counts in batches: where the log begins inside one of an open transaction, that one's first offset is named.
      stableEnd: Math.max(start, stableEnd),
      end,
      committed: await this.#read(partition, start, 1),
      all: await this.#read(partition, start, 0),
    };
  }

  join(groupId: string, who: Joining): Pending<Joined> {
    return this.#group.join(this.#prefix + groupId, who);
  }

  sync(groupId: string, who: Committer): Pending<readonly number[]> {
    return this.#group.sync(this.#prefix + groupId, who);
  }

  heartbeat(groupId: string, who: Committer): Promise<void> {
    return this.#group.heartbeat(this.#prefix + groupId, who);
  }

  leave(groupId: string, who: Pick<Committer, 'memberId' | 'instanceId'>): Promise<void> {
    return this.#group.leave(this.#prefix + groupId, who);
  }

  async pass(milliseconds: number): Promise<void> {
    await new Promise((resolve) => void setTimeout(resolve, milliseconds));
  }

  close(): Promise<void> {
    return this.#group.close();
  }

  #offsets({ partition, offset }: Place): Parameters<typeof offsetCommitV9.createRequest>[4] {
    const place = { committedOffset: BigInt(offset), committedLeaderEpoch: -1, committedMetadata: '' };
    return [{ name: this.#topic, partitions: [{ partitionIndex: partition, ...place }] }];
  }

  async #offset(partition: number, timestamp: bigint, isolation: 0 | 1): Promise<number> {
    const partitions = [{ partitionIndex: partition, currentLeaderEpoch: -1, timestamp }];
    const asked = [{ name: this.#topic, partitions }];
    const { topics } = await this.#requests.ask(listOffsetsV7.api, -1, isolation, asked);
    return Number(topics[0]?.partitions[0]?.offset);
  }

  async #read(partition: number, from: number, isolation: 0 | 1): Promise<string[]> {
    const where = { partition, currentLeaderEpoch: -1, fetchOffset: BigInt(from), lastFetchedEpoch: -1 };
    const partitions = [{ ...where, partitionMaxBytes: 1 << 20 }];
    const topics = [{ topicId: this.#topicId, partitions }];
    const [answer] = await this.#requests.ask(fetchRaw, 0, 0, 1 << 20, isolation, 0, -1, topics, [], '');
    if (answer === undefined || answer.errorCode !== 0)
      throw refused(nameOfCode(answer?.errorCode ?? -1), 'Fetching');
    const { runs } = decodeBatches(answer.batches ?? Buffer.alloc(0), from, answer.aborted);
    const records = runs.flatMap((run) => run.records());
    return records.map(({ offset, value }) => `${offset}:${value === null ? 'null' : text.decode(value)}`);
  }
}
