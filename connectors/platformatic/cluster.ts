import { apiVersionsV3, findCoordinatorV4 } from '@platformatic/kafka';
import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import type { TopicPartition } from '../../topology/ports/kafka-driver.ts';
import { metadata } from './apis.ts';
import { nameOfCode, refused } from './protocol-error.ts';
import { type Access, type Life, Wire } from './wire.ts';

/** What a connection is for. */
export type Purpose = 'metadata' | 'fetch' | 'restore' | 'produce' | 'group' | 'transaction';
type Kind = 'group' | 'transaction';

const METADATA_MAX_AGE = 30_000;
/** How long one broker is waited for, in milliseconds, where another can tell as well. */
const SOON = 2_000;

interface Asking<R> {
  /** Whether no other broker needs to be asked. */
  readonly enough?: (answer: R) => boolean;
  readonly hurry?: boolean;
}

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
  /** Numbers of partitions as they were when they were first asked for. */
  readonly #firstCounts = new Map<string, number>();
  readonly #coordinators = new Map<string, number>();
  /** Addresses that gave no answer when they were asked last. */
  readonly #silent = new Set<string>();
  #transactionVersion: 1 | 2 | undefined;

  constructor(access: Access) {
    this.#access = access;
  }

  /** Milliseconds after which what is known of the topics is asked for anew, for what was added to them. */
  get metadataMaxAge(): number {
    return this.#access.metadataMaxAge ?? METADATA_MAX_AGE;
  }

  /** @throws StreamsError `configuration` when it does not exist. */
  async topic(name: string): Promise<TopicInfo> {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const found = (await this.topics([name])).get(name);
    if (found === undefined) throw new StreamsError('configuration', `There is no topic ${name}.`);
    return found;
  }

  /**
   * How many partitions keys are spread over: as many as this client saw first, whatever is added later, or a key's records would
   * stand in two partitions. Fewer than that are those of a topic that was made anew.
   */
  async keyedPartitions(name: string): Promise<number> {
    const { leaders } = await this.topic(name);
    return Math.min(leaders.length, this.#firstCounts.get(name) ?? leaders.length);
  }

  /**
   * Of these topics those that exist, as the cluster says now. One that is not there is asked of each broker in turn: one that has just
   * started may not have heard of it yet.
   */
  async topics(names: readonly string[]): Promise<ReadonlyMap<string, TopicInfo>> {
    const found = new Map<string, TopicInfo>();
    const what = `metadata of ${names.join(', ')}`;
    await this.any((wire) => wire.call(metadata, what, [...names], false, false), {
      hurry: true,
      enough: (answer) => {
        this.#learn(answer, found);
        return found.size === new Set(names).size;
      },
    });
    return found;
  }

  #learn(
    { brokers, topics }: Awaited<ReturnType<typeof metadata.async>>,
    found: Map<string, TopicInfo>,
  ): void {
    for (const { nodeId, host, port } of brokers) this.#addresses.set(nodeId, `${host}:${port}`);
    for (const { name, topicId, errorCode, partitions } of topics) {
      if (typeof name !== 'string' || errorCode === 3) continue;
      if (errorCode !== 0) throw refused(nameOfCode(errorCode), `Topic ${name}`);
      const leaders: number[] = [];
      for (const { partitionIndex, leaderId } of partitions) leaders[partitionIndex] = leaderId;
      found.set(name, { id: topicId, leaders });
      this.#topics.set(name, { id: topicId, leaders });
      if (!this.#firstCounts.has(name)) this.#firstCounts.set(name, leaders.length);
    }
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
      const answer = await this.any(
        (wire) => wire.call(findCoordinatorV4.api, `coordinator of ${name}`, kind === 'group' ? 0 : 1, [key]),
        { hurry: true },
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
    const { apiKeys, finalizedFeatures = [] } = await this.any(
      (wire) => wire.call(apiVersionsV3.api, 'versions', 'sepsis-streams', '0'),
      { hurry: true },
    );
    const upTo = (key: number): number => apiKeys.find(({ apiKey }) => apiKey === key)?.maxVersion ?? 0;
    const agreed = finalizedFeatures.find(({ name }) => name === 'transaction.version')?.maxVersionLevel ?? 0;
    this.#transactionVersion = agreed >= 2 && upTo(0) >= 12 && upTo(26) >= 5 && upTo(28) >= 5 ? 2 : 1;
    return this.#transactionVersion;
  }

  /**
   * Asks the brokers in turn until one gives an answer that is enough; the last answer, if none is. Those that gave none when they were
   * asked last come last. What only reads is asked of the next in a `hurry`: the first may hang. @throws the last error, when none answers.
   */
  async any<R>(ask: (wire: Wire) => Promise<R>, { enough, hurry = false }: Asking<R> = {}): Promise<R> {
    const addresses = new Set([...this.#access.bootstrap, ...this.#addresses.values()]);
    const inTurn = [...addresses].toSorted(
      (a, b) => Number(this.#silent.has(a)) - Number(this.#silent.has(b)),
    );
    let last: unknown = new StreamsError('configuration', 'No broker is named.');
    let answer: { readonly of: R } | undefined;
    for (const address of inTurn) {
      try {
        const asked = ask(this.#wire(address, 'metadata'));
        answer = { of: await (hurry ? this.#soon(address, asked) : asked) };
        if (enough?.(answer.of) !== false) break;
      } catch (error) {
        last = error;
        const elsewhere =
          isStreamsError(error) && ['broker-unavailable', 'request-timed-out'].includes(error.code);
        if (!elsewhere) throw error;
      }
    }
    if (answer === undefined) throw last;
    return answer.of;
  }

  async #soon<R>(address: string, answer: Promise<R>): Promise<R> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#silent.add(address);
        reject(new StreamsError('broker-unavailable', `${address} gives no answer.`));
      }, SOON);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
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
      wire = new Wire(this.#access, address, this.#lifeOf(address));
      this.#wires.set(name, wire);
    }
    return wire;
  }

  #lifeOf(address: string): Life {
    const silent = this.#silent;
    return {
      get doubted() {
        return silent.has(address);
      },
      heard: (heard) => {
        if (heard) silent.delete(address);
        else silent.add(address);
      },
    };
  }
}
