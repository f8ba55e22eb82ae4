import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';

/**
 * Hands each value to everyone who is subscribed, as a Subject does, and makes no object for it, as a Subject does:
 * every record passes here.
 */
export class StageInput {
  readonly values: Observable<unknown>;
  /** Never changed in place: whoever subscribes while a value is handed on waits for the next. */
  #subscribers: readonly Subscriber<unknown>[] = [];

  constructor() {
    this.values = new Observable((subscriber) => {
      this.#subscribers = [...this.#subscribers, subscriber];
      return () => {
        this.#subscribers = this.#subscribers.filter((other) => other !== subscriber);
      };
    });
  }

  next(value: unknown): void {
    for (const subscriber of this.#subscribers) subscriber.next(value);
  }
}
