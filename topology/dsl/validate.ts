import { StreamsError } from '../model/errors.ts';
import type { Fault } from './fault.ts';
import { faultsOfEdges } from './faults-of-edges.ts';
import { faultsOfNames } from './faults-of-names.ts';
import { faultsOfState } from './faults-of-state.ts';
import { faultsOfTopics } from './faults-of-topics.ts';
import type { Topology } from './nodes.ts';

/** Every fault of a declaration at once, also of one that was made by hand and not by the builder. */
export function validate(topology: Topology): readonly Fault[] {
  return [
    ...faultsOfNames(topology),
    ...faultsOfEdges(topology),
    ...faultsOfTopics(topology),
    ...faultsOfState(topology),
  ];
}

/** @throws StreamsError `topology-invalid`, listing every fault with its mend. */
export function assertValid(topology: Topology): void {
  const faults = validate(topology);
  if (faults.length === 0) return;
  const list = faults.map(({ code, node, what, mend }) => `  ${node}: ${what} ${mend} (${code})\n`).join('');
  throw new StreamsError('topology-invalid', `The topology ${topology.name} cannot run:\n${list}`);
}
