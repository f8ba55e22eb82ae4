/** How far the times of each patient are moved so that his newest is now. */
export class PatientShifts {
  readonly #newest = new Map<string, number>();
  #first: number | undefined;

  /** A time of a patient, epoch milliseconds, in the order of the input. */
  saw(patient: string, time: number): void {
    this.#first ??= time;
    const newest = this.#newest.get(patient);
    if (newest === undefined || time > newest) this.#newest.set(patient, time);
  }

  /**
   * Milliseconds, whole seconds, by which his times are moved; undefined for one who was not seen. `began`: when publishing begins.
   * Played at `speed`, his newest is not sent at once: it is now when it is sent.
   */
  of(patient: string, began: number, speed: number | undefined): number | undefined {
    const newest = this.#newest.get(patient);
    if (newest === undefined || this.#first === undefined) return undefined;
    const played = speed === undefined ? 0 : Math.max(0, newest - this.#first) / speed;
    return Math.floor((began + played - newest) / 1_000) * 1_000;
  }
}
