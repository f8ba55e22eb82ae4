import type { Headers } from '../../model/record.ts';
import { Violation } from './violation.ts';

interface Written {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Headers;
}

/**
 * Outputs that were expected and not seen yet, per topic and key. Of one task they come in its order; how two tasks
 * interleave that write under one key is theirs.
 */
export class ExpectedOutputs {
  readonly #queues = new Map<string, Map<string, string[]>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  expect(task: string, topic: string, record: Written): void {
    const key = keyOf(topic, record);
    const byTask = this.#queues.get(key) ?? new Map<string, string[]>();
    this.#queues.set(key, byTask);
    const queue = byTask.get(task) ?? [];
    byTask.set(task, queue);
    queue.push(contentOf(record));
    this.#size++;
  }

  /** @throws Violation unless some task is to write just this next. */
  saw(topic: string, record: Written, at: string): void {
    const content = contentOf(record);
    const byTask = this.#queues.get(keyOf(topic, record));
    for (const queue of byTask?.values() ?? []) {
      if (queue[0] !== content) continue;
      queue.shift();
      this.#size--;
      return;
    }
    const next = [...(byTask?.values() ?? [])].map((queue) => queue[0]?.split('\n')[0] ?? 'nothing');
    throw new Violation(
      `${at} holds ${content.split('\n')[0]}, which nobody was to write now: doubled, out of order or of another state. Next was ${next.join(' or ') || 'nothing'}.`,
    );
  }

  /** @throws Violation when an output is still owed. */
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

const keyOf = (topic: string, { key }: Written): string => `${topic}\n${latin1(key)}`;

const contentOf = ({ value, headers }: Written): string =>
  headers === undefined
    ? latin1(value)
    : `${latin1(value)}\n${Object.entries(headers)
        .map(([name, bytes]) => `${name}=${latin1(bytes)}`)
        .join('\n')}`;
