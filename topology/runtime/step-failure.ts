/** A step threw: which one, and what. */
export class StepFailure extends Error {
  readonly step: string;
  constructor(step: string, cause: unknown) {
    super(`step ${step} failed`, { cause });
    this.name = 'StepFailure';
    this.step = step;
  }
}

/** Takes one value into a node; the value is through the node and all behind it when this returns. @throws StepFailure */
export type Push = (value: unknown) => void;

/** Runs the step's own work under its name; what comes after it fails under its own. */
export function guarded<R>(
  step: string,
  work: (value: unknown) => R,
  then: (result: R, value: unknown) => void,
): Push {
  return (value) => {
    let result: R;
    try {
      result = work(value);
    } catch (error) {
      throw new StepFailure(step, error);
    }
    then(result, value);
  };
}
