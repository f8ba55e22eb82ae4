/** What a client asks of the cluster. Faults are named by it. */
export type Request =
  | 'metadata'
  | 'list-offsets'
  | 'fetch'
  | 'restore-fetch'
  | 'init-producer-id'
  | 'add-partitions'
  | 'produce'
  | 'add-offsets'
  | 'txn-offset-commit'
  | 'end-txn'
  | 'offset-fetch'
  | 'offset-commit'
  | 'join-group'
  | 'sync-group'
  | 'heartbeat'
  | 'leave-group'
  | 'snapshot-load'
  | 'snapshot-epoch'
  | 'snapshot-save';

/**
 * The way from one process to what it talks to, and back. In one process it is a call; a simulated one delays, loses
 * what is asked or what is answered, and ends in the middle.
 * @throws StreamsError `request-timed-out` when there is no answer: it may have been applied; and what `apply` throws.
 */
export interface Link {
  call<R>(request: Request, apply: () => R | Promise<R>): Promise<R>;
}

/** No way at all. */
export const direct: Link = {
  call: async <R>(_request: Request, apply: () => R | Promise<R>): Promise<R> => apply(),
};

const never = new Promise<never>(() => {});

/** A way that can be cut for good: then nothing is applied and nothing is answered. */
export class SeverableLink implements Link {
  readonly #link: Link;
  #severed = false;

  constructor(link: Link) {
    this.#link = link;
  }

  sever(): void {
    this.#severed = true;
  }

  async call<R>(request: Request, apply: () => R | Promise<R>): Promise<R> {
    if (this.#severed) return never;
    try {
      return await this.#link.call(request, apply);
    } finally {
      if (this.#severed) await never;
    }
  }
}
