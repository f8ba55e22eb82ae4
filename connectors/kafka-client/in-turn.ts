/** Work that must not overlap, done in the order in which it was asked for; what fails holds nothing up. */
export class InTurn {
  #underWay: Promise<unknown> = Promise.resolve();

  do<R>(work: () => Promise<R>): Promise<R> {
    const done = this.#underWay.then(work);
    this.#underWay = done.catch(() => {});
    return done;
  }
}
