import type { Subscription } from 'rxjs';
import type { StageNode } from '../dsl/nodes.ts';
import { StageInput } from './stage-input.ts';
import { type Push, StepFailure } from './step-failure.ts';

/**
 * The RxJS operator of one stage behind an input of its own: no time, no scheduler. An operator that fails or
 * completes is set up anew for the next record, so no record ends the stream.
 */
export class Stage {
  readonly #node: StageNode;
  readonly #next: Push;
  #input: StageInput | undefined;
  #subscription: Subscription | undefined;
  #failure: StepFailure | undefined;

  /** `next` takes each element that the operator gives, verdicts too. */
  constructor(node: StageNode, next: Push) {
    this.#node = node;
    this.#next = next;
    this.#connect();
  }

  /** @throws StepFailure of this step, or of one behind it. */
  push(value: unknown): void {
    if (this.#input === undefined) this.#connect();
    this.#input?.next(value);
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  close(): void {
    this.#subscription?.unsubscribe();
  }

  #connect(): void {
    const input = new StageInput();
    this.#input = input;
    this.#subscription = this.#node.operator(input.values).subscribe({
      // What a later step throws must not end this one: RxJS would take it for its own error.
      next: (element) => {
        if (this.#failure !== undefined) return;
        try {
          this.#next(element);
        } catch (error) {
          this.#failure = error instanceof StepFailure ? error : new StepFailure(this.#node.name, error);
        }
      },
      error: (error: unknown) => {
        this.#failure ??= new StepFailure(this.#node.name, error);
        this.#input = undefined;
      },
      complete: () => {
        this.#input = undefined;
      },
    });
  }
}
