import { contentOf, type Expectations, keyOf, type Written } from './expected-outputs.ts';
import { Violation } from './violation.ts';

/** At least once: every output of committed input is in the log, however often, and maybe before its input is committed. */
export class ExpectedAtLeast implements Expectations {
  readonly #seen = new Set<string>();
  readonly #owed = new Set<string>();

  expect(_task: string, topic: string, record: Written): void {
    const output = `${keyOf(topic, record)}\n${contentOf(record)}`;
    if (!this.#seen.has(output)) this.#owed.add(output);
  }

  saw(topic: string, record: Written): void {
    const output = `${keyOf(topic, record)}\n${contentOf(record)}`;
    this.#seen.add(output);
    this.#owed.delete(output);
  }

  assertNoneLeft(): void {
    const [first] = this.#owed;
    if (first !== undefined)
      throw new Violation(
        `${this.#owed.size} outputs of committed input are not in the log; the first is ${first}.`,
      );
  }
}
