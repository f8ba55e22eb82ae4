import type { Headers } from '../../model/record.ts';
import { Violation } from './violation.ts';

export interface Written {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Headers;
}

/** What is held against the outputs that a topology owes. */
export interface Expectations {
  /** Committed input makes a task owe this output. */
  expect(task: string, topic: string, record: Written): void;
  /** The log holds this output. @throws Violation when it must not, or not now. */
  saw(topic: string, record: Written, at: string): void;
  /** @throws Violation when an output is still owed. */
  assertNoneLeft(): void;
}

/**
 * Exactly once: outputs that were expected and not seen yet, per topic and key. Of one
 * task and input topic they come in its order; how those interleave that write under one key is theirs.
 */
export class ExpectedOutputs implements Expectations {
  readonly #queues = new Map<string, Map<string, string[]>>();
  #size = 0;

  expect(task: string, topic: string, record: Written): void {
    const key = keyOf(topic, record);
    const byTask = this.#queues.get(key) ?? new Map<string, string[]>();
    this.#queues.set(key, byTask);
    const queue = byTask.get(task) ?? [];
    byTask.set(task, queue);
    queue.push(contentOf(record));
    this.#size++;
  }

  saw(topic: string, record: Written, at: string): void {
    const content = contentOf(record);
    const byTask = this.#queues.get(keyOf(topic, record));
    for (const queue of byTask?.values() ?? []) {
      // Without a key the partitioner takes turns, and between partitions there is no order.
      const at = record.key === null ? queue.indexOf(content) : queue[0] === content ? 0 : -1;
      if (at < 0) continue;
      queue.splice(at, 1);
      this.#size--;
      return;
    }
    const next = [...(byTask?.values() ?? [])].map((queue) => queue[0]?.split('\n')[0] ?? 'nothing');
    throw new Violation(
      `${at} holds ${content.split('\n')[0]}, which nobody was to write now: doubled, out of order or of another state. Next was ${next.join(' or ') || 'nothing'}.`,
    );
  }

  assertNoneLeft(): void {
    if (this.#size === 0) return;
    for (const [key, byTask] of this.#queues) {
      for (const [task, [next]] of byTask) {
        if (next !== undefined)
          throw new Violation(
            `${this.#size} outputs of committed input are not in the log; the first is ${next.split('\n')[0]} of task ${task} in ${key.split('\n')[0]}.`,
          );
      }
    }
  }
}

const latin1 = (bytes: Uint8Array | null): string =>
  bytes === null ? '(null)' : Buffer.from(bytes).toString('latin1');

export const keyOf = (topic: string, { key }: Written): string => `${topic}\n${latin1(key)}`;

export const contentOf = ({ value, headers }: Written): string =>
  headers === undefined
    ? latin1(value)
    : `${latin1(value)}\n${Object.entries(headers)
        .map(([name, bytes]) => `${name}=${latin1(bytes)}`)
        .join('\n')}`;
