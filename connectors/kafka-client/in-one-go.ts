import { InTurn } from './in-turn.ts';

/**
 * Work in turn, where items that are added one behind the other before their turn comes are done in one go, and end as one. One that does
 * not fit those that wait begins another go.
 */
export class InOneGo<T, R> extends InTurn {
  readonly #work: (items: readonly T[]) => Promise<R>;
  readonly #fits: (item: T, waiting: readonly T[]) => boolean;
  #waiting: { readonly items: T[]; readonly done: Promise<R> } | undefined;

  constructor(work: (items: readonly T[]) => Promise<R>, fits: (item: T, waiting: readonly T[]) => boolean) {
    super();
    this.#work = work;
    this.#fits = fits;
  }

  /** What came of its go. */
  add(item: T): Promise<R> {
    if (this.#waiting !== undefined && !this.#fits(item, this.#waiting.items)) this.#waiting = undefined;
    this.#waiting ??= this.#queued();
    this.#waiting.items.push(item);
    return this.#waiting.done;
  }

  override do<R>(work: () => Promise<R>): Promise<R> {
    // What is added from here on comes behind it.
    this.#waiting = undefined;
    return super.do(work);
  }

  #queued(): { readonly items: T[]; readonly done: Promise<R> } {
    const items: T[] = [];
    const done = super.do(() => {
      if (this.#waiting?.items === items) this.#waiting = undefined;
      return this.#work(items);
    });
    return { items, done };
  }
}
