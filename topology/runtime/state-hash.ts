/**
 * A hash of keyed state that does not depend on the order of its keys, so it can be kept up with each change:
 * take the old entry out, put the new one in. Two words of 32 bits; it finds divergence, it is no signature.
 */
export class StateHash {
  #a = 0;
  #b = 0;

  add(a: number, b: number): void {
    this.#a = (this.#a + a) | 0;
    this.#b = (this.#b + b) | 0;
  }

  remove(a: number, b: number): void {
    this.#a = (this.#a - a) | 0;
    this.#b = (this.#b - b) | 0;
  }

  copy(): StateHash {
    const copy = new StateHash();
    copy.#a = this.#a;
    copy.#b = this.#b;
    return copy;
  }

  get text(): string {
    return hex(this.#a) + hex(this.#b);
  }
}

const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');
