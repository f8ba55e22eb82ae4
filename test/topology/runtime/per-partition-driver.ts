import { MemoryDriver } from '../../../connectors/memory/driver.ts';
import type {
  Capabilities,
  TransactionOptions,
  TransactionPort,
} from '../../../topology/ports/kafka-driver.ts';

/** A client whose transactional offsets bear no generation, as those of an older protocol: only the producer's id fences them. */
export class PerPartitionDriver extends MemoryDriver {
  override readonly capabilities: Capabilities = {
    transactions: true,
    fencing: 'perPartitionTransactionalId',
    stableOffsets: true,
    staticMembership: true,
  };

  override transactions(options: TransactionOptions): TransactionPort {
    const transactions = super.transactions(options);
    return {
      init: () => transactions.init(),
      begin: () => transactions.begin(),
      send: (topic, records) => transactions.send(topic, records),
      sendOffsets: (offsets, { groupId }) =>
        transactions.sendOffsets(offsets, { groupId, generation: -1, memberId: '' }),
      commit: () => transactions.commit(),
      abort: () => transactions.abort(),
      close: () => transactions.close(),
    };
  }
}
