/** When the records of a recording are due, if it is played at its own pace or so many times faster. */
export class Pace {
  readonly #speed: number;
  readonly #began: number;
  #first: number | undefined;
  #latest = Number.NEGATIVE_INFINITY;

  /** @param speed 1: its own pace. @param began when playing began, epoch milliseconds. */
  constructor(speed: number, began: number) {
    this.#speed = speed;
    this.#began = began;
  }

  /** When a record of this time is due; one without a time, or with an earlier one, when its predecessor was. */
  dueOf(time: number | undefined): number {
    if (time !== undefined) {
      this.#first ??= time;
      this.#latest = Math.max(this.#latest, time);
    }
    return this.#first === undefined ? this.#began : this.#began + (this.#latest - this.#first) / this.#speed;
  }
}
