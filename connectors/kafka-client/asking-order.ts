/** Whom to ask first what every broker can tell: who gave no answer when it was asked last comes last. */
export class AskingOrder {
  readonly #silent = new Set<string>();
  /** Those who told what was not so, the last one last: one that is cut off from the others tells the same for ever. */
  readonly #mistaken = new Set<string>();
  #told: string | undefined;

  isSilent(address: string): boolean {
    return this.#silent.has(address);
  }

  /** Whether the broker answered. */
  heard(address: string, heard: boolean): void {
    if (heard) this.#silent.delete(address);
    else this.#silent.add(address);
  }

  /** The broker told where things are. */
  told(address: string): void {
    this.#told = address;
  }

  /** Something is not where it was told to be: whoever told it is asked behind the others. */
  mistaken(): void {
    if (this.#told === undefined) return;
    this.#mistaken.delete(this.#told);
    this.#mistaken.add(this.#told);
  }

  of(addresses: Iterable<string>): string[] {
    const mistaken = [...this.#mistaken];
    return [...addresses].toSorted(
      (a, b) =>
        Number(this.#silent.has(a)) - Number(this.#silent.has(b)) ||
        mistaken.indexOf(a) - mistaken.indexOf(b),
    );
  }
}
