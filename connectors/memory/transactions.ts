import type { OutgoingRecord } from '../../topology/model/record.ts';
import type {
  GroupGeneration,
  OffsetCommits,
  TransactionOptions,
  TransactionPort,
} from '../../topology/ports/kafka-driver.ts';
import type { MemoryBroker } from './broker.ts';

/** A transactional producer of the in-memory broker: what is sent becomes visible at the commit, or never. */
export class MemoryTransactions implements TransactionPort {
  readonly #broker: MemoryBroker;
  readonly #id: string;
  #epoch = -1;
  #records: (readonly [string, readonly OutgoingRecord[]])[] = [];
  #offsets = new Map<string, { readonly offset: number; readonly metadata: string }>();
  #group: GroupGeneration | undefined;

  constructor(broker: MemoryBroker, options: TransactionOptions) {
    this.#broker = broker;
    this.#id = options.transactionalId;
  }

  init(): Promise<void> {
    this.#epoch = this.#broker.nextEpoch(this.#id);
    this.begin();
    return Promise.resolve();
  }

  begin(): void {
    this.#records = [];
    this.#offsets = new Map();
    this.#group = undefined;
  }

  async send(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    this.#broker.assertEpoch(this.#id, this.#epoch);
    // Here and not at the commit, which must not fail half way.
    this.#broker.assertWritable(topic, records);
    this.#records.push([topic, records]);
  }

  async sendOffsets(offsets: OffsetCommits, generation: GroupGeneration): Promise<void> {
    this.#broker.assertEpoch(this.#id, this.#epoch);
    this.#broker.group(generation.groupId).assertCurrent(generation);
    for (const [at, offset] of offsets) this.#offsets.set(at, offset);
    this.#group = generation;
  }

  async commit(): Promise<void> {
    this.#broker.assertEpoch(this.#id, this.#epoch);
    this.#broker.commit({ records: this.#records, offsets: this.#offsets, group: this.#group });
    this.begin();
  }

  async abort(): Promise<void> {
    this.#broker.assertEpoch(this.#id, this.#epoch);
    this.begin();
  }

  close(): Promise<void> {
    this.begin();
    return Promise.resolve();
  }
}
