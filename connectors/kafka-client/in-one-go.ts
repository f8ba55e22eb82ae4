import { InTurn } from './in-turn.ts';

/** Work in turn, where items that are added one behind the other before their turn comes are done in one go, and end as one. */
export class InOneGo<T> extends InTurn {
  readonly #work: (items: readonly T[]) => Promise<void>;
  #waiting: { readonly items: T[]; readonly done: Promise<void> } | undefined;

  constructor(work: (items: readonly T[]) => Promise<void>) {
    super();
    this.#work = work;
  }

  add(item: T): Promise<void> {
    this.#waiting ??= this.#queued();
    this.#waiting.items.push(item);
    return this.#waiting.done;
  }

  override do<R>(work: () => Promise<R>): Promise<R> {
    // What is added from here on comes behind it.
    this.#waiting = undefined;
    return super.do(work);
  }

  #queued(): { readonly items: T[]; readonly done: Promise<void> } {
    const items: T[] = [];
    const done = super.do(() => {
      if (this.#waiting?.items === items) this.#waiting = undefined;
      return this.#work(items);
    });
    return { items, done };
  }
}
