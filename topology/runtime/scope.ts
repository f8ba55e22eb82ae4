import { Outbox } from './outbox.ts';
import type { Task } from './task.ts';

/**
 * What is committed in one transaction: tasks, and what they made since the last commit. With a driver that fences by the generation
 * that is all that a worker owns; with one that fences by transactional ids, what comes of one input partition.
 */
export class Scope {
  /** The last part of its transactional id. */
  readonly name: string;
  readonly tasks: Task[] = [];
  readonly outbox: Outbox = new Outbox();
  /** Input records processed since the last commit. */
  uncommitted = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Forgets what is processed and not committed. */
  discard(): void {
    for (const task of this.tasks) task.discard();
    this.outbox.drain();
    this.uncommitted = 0;
  }

  /** Ends its tasks and forgets them, but for those that are kept. */
  close(kept: (task: Task) => boolean): void {
    for (const task of this.tasks.splice(0)) {
      if (kept(task)) this.tasks.push(task);
      else task.close();
    }
  }
}
