import {
  type Assignment,
  type ConsumerOptions,
  type ConsumerPort,
  type PolledBatch,
  type RebalanceListener,
} from '../../../../topology/ports/kafka-driver.ts';
import type { Dress } from '../cluster-under-test.ts';
import { consumer, DressedConsumer, DressedDriver } from './dressed-driver.ts';

/** What the listener is told passes through here. */
class Listening extends DressedConsumer {
  protected latest: Assignment | undefined;
  protected revoked(
    listener: RebalanceListener,
    assignment: Assignment,
    why: 'rebalance' | 'lost',
  ): Promise<void> {
    return listener.onRevoked(assignment, why);
  }
  override subscribe(topics: readonly string[], listener: RebalanceListener): Promise<void> {
    return super.subscribe(topics, {
      onAssigned: (assignment) => {
        this.latest = assignment;
        listener.onAssigned(assignment);
      },
      onRevoked: (assignment, why) => this.revoked(listener, assignment, why),
    });
  }
}

export const stampsTheLatestAssignment: Dress = consumer(
  (inner) =>
    new (class extends Listening {
      override async poll(...[limits]: Parameters<ConsumerPort['poll']>): Promise<readonly PolledBatch[]> {
        const batches = await super.poll(limits);
        return batches.map((batch) => ({ ...batch, assignment: this.latest ?? batch.assignment }));
      }
    })(inner),
);

export const doesNotAwaitRevocation: Dress = consumer(
  (inner) =>
    new (class extends Listening {
      override revoked(
        listener: RebalanceListener,
        ...told: Parameters<RebalanceListener['onRevoked']>
      ): Promise<void> {
        void listener.onRevoked(...told);
        return Promise.resolve();
      }
    })(inner),
);

export const tellsNoLoss: Dress = consumer(
  (inner) =>
    new (class extends Listening {
      override revoked(listener: RebalanceListener, assignment: Assignment): Promise<void> {
        return listener.onRevoked(assignment, 'rebalance');
      }
    })(inner),
);

export const staysWhenClosed: Dress = consumer(
  (inner) =>
    new (class extends DressedConsumer {
      override close(): Promise<void> {
        return Promise.resolve();
      }
    })(inner),
);

export const leavesWhateverIsSaid: Dress = consumer(
  (inner) =>
    new (class extends DressedConsumer {
      override close(): Promise<void> {
        return super.close('leave');
      }
    })(inner),
);

export const forgetsTheSlot: Dress = (driver) =>
  new (class extends DressedDriver {
    override consumer({ instanceId: _, ...options }: ConsumerOptions): ConsumerPort {
      return super.consumer(options);
    }
  })(driver);

/** As a client that tells that it lives only when it is polled: whoever works for longer is taken for dead. */
export const beatsOnlyWhenPolled: Dress = consumer(
  (inner, broker) =>
    new (class extends Listening {
      #polls = 0;
      override async poll(...[limits]: Parameters<ConsumerPort['poll']>): Promise<readonly PolledBatch[]> {
        void this.#silentSince(++this.#polls);
        return super.poll(limits);
      }
      async #silentSince(poll: number): Promise<void> {
        const ends = broker.now + 6_000;
        while (broker.now < ends) await broker.changed(1_000);
        const { generation } = this.latest ?? {};
        if (poll !== this.#polls || generation === undefined) return;
        broker.apply((state, now) => state.group(generation.groupId).leave(generation.memberId, now));
      }
    })(inner),
);
