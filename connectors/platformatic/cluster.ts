import { apiVersionsV3, findCoordinatorV4 } from '@platformatic/kafka';
import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import type { TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { metadata } from './apis.ts';
import { nameOfCode, refused } from './protocol-error.ts';
import { type Access, Wire } from './wire.ts';

/** What a connection is for. */
export type Purpose = 'metadata' | 'fetch' | 'restore' | 'produce' | 'group' | 'transaction';
type Kind = 'group' | 'transaction';

export interface TopicInfo {
  readonly id: string;
  /** Leader's node id by partition; -1: none at the moment. */
  readonly leaders: readonly number[];
}

/** The brokers as one client knows them: who leads what, who coordinates what, and connections to them by purpose. */
export class Cluster {
  readonly #access: Access;
  readonly #wires = new Map<string, Wire>();
  readonly #addresses = new Map<number, string>();
  readonly #topics = new Map<string, TopicInfo>();
  readonly #coordinators = new Map<string, number>();
  #transactionVersion: 1 | 2 | undefined;

  constructor(access: Access) {
    this.#access = access;
  }

  /** @throws StreamsError `configuration` when it does not exist. */
  async topic(name: string): Promise<TopicInfo> {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const found = (await this.topics([name])).get(name);
    if (found === undefined) throw new StreamsError('configuration', `There is no topic ${name}.`);
    return found;
  }

  /** Of these topics those that exist, as the cluster says now. */
  async topics(names: readonly string[]): Promise<ReadonlyMap<string, TopicInfo>> {
    const answer = await this.any((wire) =>
      wire.call(metadata, `metadata of ${names.join(', ')}`, [...names], false, false),
    );
    for (const { nodeId, host, port } of answer.brokers) this.#addresses.set(nodeId, `${host}:${port}`);
    const found = new Map<string, TopicInfo>();
    for (const { name, topicId, errorCode, partitions } of answer.topics) {
      if (typeof name !== 'string' || errorCode === 3) continue;
      if (errorCode !== 0) throw refused(nameOfCode(errorCode), `Topic ${name}`);
      const leaders: number[] = [];
      for (const { partitionIndex, leaderId } of partitions) leaders[partitionIndex] = leaderId;
      found.set(name, { id: topicId, leaders });
      this.#topics.set(name, { id: topicId, leaders });
    }
    return found;
  }

  /** A connection to the leader. @throws StreamsError `broker-unavailable` when there is none now. */
  async leader({ topic, partition }: TopicPartition, purpose: Purpose): Promise<Wire> {
    const { leaders } = await this.topic(topic);
    const node = leaders[partition];
    if (node === undefined)
      throw new StreamsError('configuration', `There is no partition ${topic}/${partition}.`);
    return this.node(node, purpose);
  }

  /** A connection to whoever coordinates the group or the transactional id. */
  async coordinator(kind: Kind, key: string): Promise<Wire> {
    const name = `${kind} ${key}`;
    let node = this.#coordinators.get(name);
    if (node === undefined) {
      const answer = await this.any((wire) =>
        wire.call(findCoordinatorV4.api, `coordinator of ${name}`, kind === 'group' ? 0 : 1, [key]),
      );
      const found = answer.coordinators[0];
      if (found === undefined || found.errorCode !== 0)
        throw refused(nameOfCode(found?.errorCode ?? 15), `Coordinator of ${name}`);
      node = found.nodeId;
      this.#addresses.set(node, `${found.host}:${found.port}`);
      this.#coordinators.set(name, node);
    }
    return this.node(node, kind);
  }

  /** Asks again next time: something is not where it was. */
  forget(): void {
    this.#topics.clear();
    this.#coordinators.clear();
  }

  /** Does something that may find the cluster changed: then it is asked anew when it is done again. */
  async told<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      if (
        isStreamsError(error) &&
        (error.code === 'broker-unavailable' || error.code === 'request-timed-out')
      )
        this.forget();
      throw error;
    }
  }

  /** Version of the transaction protocol that the cluster has agreed on; 2 is KIP-890. */
  async transactionVersion(): Promise<1 | 2> {
    if (this.#transactionVersion !== undefined) return this.#transactionVersion;
    const { apiKeys, finalizedFeatures = [] } = await this.any((wire) =>
      wire.call(apiVersionsV3.api, 'versions', 'sepsis-streams', '0'),
    );
    const upTo = (key: number): number => apiKeys.find(({ apiKey }) => apiKey === key)?.maxVersion ?? 0;
    const agreed = finalizedFeatures.find(({ name }) => name === 'transaction.version')?.maxVersionLevel ?? 0;
    this.#transactionVersion = agreed >= 2 && upTo(0) >= 12 && upTo(26) >= 5 && upTo(28) >= 5 ? 2 : 1;
    return this.#transactionVersion;
  }

  /** Asks the brokers in turn until one answers. @throws the last error. */
  async any<R>(ask: (wire: Wire) => Promise<R>): Promise<R> {
    const addresses = new Set([...this.#access.bootstrap, ...this.#addresses.values()]);
    let last: unknown = new StreamsError('configuration', 'No broker is named.');
    for (const address of addresses) {
      try {
        return await ask(this.#wire(address, 'metadata'));
      } catch (error) {
        last = error;
        const elsewhere =
          isStreamsError(error) && ['broker-unavailable', 'request-timed-out'].includes(error.code);
        if (!elsewhere) throw error;
      }
    }
    throw last;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#wires.values()].map((wire) => wire.close()));
  }

  async node(id: number, purpose: Purpose): Promise<Wire> {
    const address = this.#addresses.get(id);
    if (address !== undefined) return this.#wire(address, purpose);
    this.forget();
    throw new StreamsError(
      'broker-unavailable',
      id < 0 ? 'A partition has no leader now.' : `Broker ${id} is not known.`,
    );
  }

  #wire(address: string, purpose: Purpose): Wire {
    const name = `${address} ${purpose}`;
    let wire = this.#wires.get(name);
    if (wire === undefined) {
      wire = new Wire(this.#access, address);
      this.#wires.set(name, wire);
    }
    return wire;
  }
}
