/** Lets pass while it is open; who comes while it is closed waits. */
export class Gate {
  #closed: { readonly passed: Promise<void>; readonly open: () => void } | undefined;

  constructor() {
    this.close();
  }

  open(): void {
    this.#closed?.open();
    this.#closed = undefined;
  }

  close(): void {
    if (this.#closed !== undefined) return;
    let open = (): void => {};
    const passed = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#closed = { passed, open };
  }

  async pass(): Promise<void> {
    // It may have been closed again before whoever waited goes on.
    while (this.#closed !== undefined) await this.#closed.passed;
  }
}
