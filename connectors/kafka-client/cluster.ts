import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';
import type { TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { Access } from './access.ts';
import { AskingOrder } from './asking-order.ts';
import type { Life } from './wire.ts';

/** What a connection is for. */
export type Purpose = 'metadata' | 'fetch' | 'restore' | 'produce' | 'group' | 'transaction';
export type Kind = 'group' | 'transaction';

const METADATA_MAX_AGE = 30_000;
/** How long one broker is waited for, in milliseconds, where another can tell as well. */
const SOON = 2_000;

interface Asking<R> {
  /** Whether no other broker needs to be asked. */
  readonly enough?: (answer: R) => boolean;
  readonly hurry?: boolean;
}

export interface TopicInfo {
  /** Empty where the protocol tells none. */
  readonly id: string;
  /** Leader's node id by partition; -1: none at the moment. */
  readonly leaders: readonly number[];
}

export interface Node {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

/** What a broker tells of the cluster. */
export interface Told {
  readonly brokers: readonly Node[];
  /** Of the topics that were asked for those that it knows. */
  readonly topics: ReadonlyMap<string, TopicInfo>;
}

/** How a cluster is asked, with one client library. Errors are of the table. */
export interface ClusterRequests<W> {
  wire(address: string, life: Life): W;
  metadata(wire: W, what: string, topics: readonly string[]): Promise<Told>;
  coordinator(wire: W, what: string, kind: Kind, key: string): Promise<Node>;
}

/** The brokers as one client knows them: who leads what, who coordinates what, and connections to them by purpose. */
export class Cluster<W extends { close(): Promise<void> }> {
  readonly #access: Access;
  readonly #requests: ClusterRequests<W>;
  readonly #wires = new Map<string, W>();
  readonly #addresses = new Map<number, string>();
  readonly #topics = new Map<string, TopicInfo>();
  /** Numbers of partitions as they were when they were first asked for. */
  readonly #firstCounts = new Map<string, number>();
  readonly #coordinators = new Map<string, number>();
  readonly #order = new AskingOrder();

  constructor(access: Access, requests: ClusterRequests<W>) {
    this.#access = access;
    this.#requests = requests;
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
    await this.any((wire) => this.#requests.metadata(wire, what, names), {
      hurry: true,
      enough: (answer) => {
        this.#learn(answer, found);
        return found.size === new Set(names).size;
      },
    });
    return found;
  }

  #learn({ brokers, topics }: Told, found: Map<string, TopicInfo>): void {
    for (const { nodeId, host, port } of brokers) this.#addresses.set(nodeId, `${host}:${port}`);
    for (const [name, info] of topics) {
      found.set(name, info);
      this.#topics.set(name, info);
      if (!this.#firstCounts.has(name)) this.#firstCounts.set(name, info.leaders.length);
    }
  }

  /** A connection to the leader. @throws StreamsError `broker-unavailable` when there is none now. */
  async leader({ topic, partition }: TopicPartition, purpose: Purpose): Promise<W> {
    const { leaders } = await this.topic(topic);
    // One that is not known may have been added since.
    const node = leaders[partition] ?? (await this.topics([topic])).get(topic)?.leaders[partition];
    if (node === undefined)
      throw new StreamsError('configuration', `There is no partition ${topic}/${partition}.`);
    return this.node(node, purpose);
  }

  /** A connection to whoever coordinates the group or the transactional id. */
  async coordinator(kind: Kind, key: string): Promise<W> {
    const name = `${kind} ${key}`;
    let node = this.#coordinators.get(name);
    if (node === undefined) {
      const { nodeId, host, port } = await this.any(
        (wire) => this.#requests.coordinator(wire, `coordinator of ${name}`, kind, key),
        { hurry: true },
      );
      node = nodeId;
      this.#addresses.set(node, `${host}:${port}`);
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
      ) {
        this.forget();
        this.#order.mistaken();
      }
      throw error;
    }
  }

  /**
   * Asks the brokers in turn until one gives an answer that is enough; the last answer, if none is. Who was mistaken comes behind who was not,
   * or longer ago, and those that gave none when they were asked last come last. What only reads is asked of the next in a `hurry`: the first may hang.
   * @throws the last error, when none answers.
   */
  async any<R>(ask: (wire: W) => Promise<R>, { enough, hurry = false }: Asking<R> = {}): Promise<R> {
    const addresses = new Set([...this.#access.bootstrap, ...this.#addresses.values()]);
    let failure: unknown = new StreamsError('configuration', 'No broker is named.');
    let answer: { readonly of: R } | undefined;
    for (const address of this.#order.of(addresses)) {
      try {
        const asked = ask(this.#wire(address, 'metadata'));
        answer = { of: await (hurry ? this.#soon(address, asked) : asked) };
        this.#order.told(address);
        if (enough?.(answer.of) !== false) break;
      } catch (error) {
        failure = error;
        const elsewhere =
          isStreamsError(error) && ['broker-unavailable', 'request-timed-out'].includes(error.code);
        if (!elsewhere) throw error;
      }
    }
    if (answer === undefined) throw failure;
    return answer.of;
  }

  async #soon<R>(address: string, answer: Promise<R>): Promise<R> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#order.heard(address, false);
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

  async node(id: number, purpose: Purpose): Promise<W> {
    const address = this.#addresses.get(id);
    if (address !== undefined) return this.#wire(address, purpose);
    this.forget();
    throw new StreamsError(
      'broker-unavailable',
      id < 0 ? 'A partition has no leader now.' : `Broker ${id} is not known.`,
    );
  }

  #wire(address: string, purpose: Purpose): W {
    const name = `${address} ${purpose}`;
    let wire = this.#wires.get(name);
    if (wire === undefined) {
      wire = this.#requests.wire(address, this.#lifeOf(address));
      this.#wires.set(name, wire);
    }
    return wire;
  }

  #lifeOf(address: string): Life {
    const order = this.#order;
    return {
      get doubted() {
        return order.isSilent(address);
      },
      heard: (heard) => order.heard(address, heard),
    };
  }
}
