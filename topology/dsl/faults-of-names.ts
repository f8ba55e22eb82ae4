import { type Fault, fault } from './fault.ts';
import type { BranchNode, Topology } from './nodes.ts';
import { topicUses } from './topic-uses.ts';

const NAME = /^(?=.{1,64}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** What Kafka takes for a topic's name (`org.apache.kafka.common.internals.Topic`). */
const TOPIC_NAME = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/** Names become metrics, stores and topics, so they must be legal there and must not be said twice. */
export function faultsOfNames(topology: Topology): readonly Fault[] {
  const faults: Fault[] = [];
  const illegal = (node: string, kind: string, name: string): void => {
    if (!NAME.test(name))
      faults.push(fault('invalid-name', node, `The ${kind} name ${JSON.stringify(name)} is not legal.`));
  };
  illegal(topology.name, 'topology', topology.name);

  const seen = new Set<string>();
  for (const node of topology.nodes) {
    illegal(node.name, node.kind, node.name);
    if (node.kind === 'fold') illegal(node.name, 'store', node.store.name);
    if (node.kind === 'branch') faults.push(...numberedBranch(node));
    if (seen.has(node.name))
      faults.push(fault('duplicate-name', node.name, `Two nodes are called ${node.name}.`));
    seen.add(node.name);
  }
  for (const [name, [first]] of topicUses(topology.nodes)) {
    if (first === undefined || TOPIC_NAME.test(name)) continue;
    faults.push(
      fault('invalid-topic-name', first.node.name, `Kafka takes no topic called ${JSON.stringify(name)}.`),
    );
  }
  return faults;
}

/** JavaScript moves number-like keys of an object to its front, and the order of branches decides which one wins. */
function numberedBranch(node: BranchNode): readonly Fault[] {
  const branch = node.name.slice(node.group.length + 1);
  return /^\d+$/.test(branch)
    ? [
        fault(
          'invalid-name',
          node.name,
          `A branch called ${branch} does not keep its place among the others.`,
        ),
      ]
    : [];
}
