import type { MemoryBroker } from '../../connectors/memory/broker.ts';
import type { Client } from '../../connectors/memory/client.ts';
import { MemoryDriver } from '../../connectors/memory/driver.ts';
import type { ConsumerOptions, ConsumerPort } from '../ports/kafka-driver.ts';

/** The in-memory driver of one worker, which tells how often the worker has come back for more. */
export class WatchedDriver extends MemoryDriver {
  /** Polls begun: a worker that polls is through with everything that it took before, commit and all. */
  polls = 0;
  #killed = false;

  constructor(broker: MemoryBroker, client: Client) {
    super(broker, client);
  }

  override kill(): void {
    this.#killed = true;
    super.kill();
  }

  override consumer(options: ConsumerOptions): ConsumerPort {
    const consumer = super.consumer(options);
    const poll = consumer.poll.bind(consumer);
    consumer.poll = (limits) => {
      this.polls++;
      // A poll without an assignment asks nobody: only this ends the rounds of one that is dead.
      return this.#killed ? new Promise(() => {}) : poll(limits);
    };
    return consumer;
  }
}
