/** What can be wrong with a declaration, each with how to mend it. */
export const FAULTS = {
  'empty-topology': 'Declare at least a source and a sink.',
  'invalid-name':
    'Use lower-case letters, digits and single hyphens between them, at most 64; begin a branch with a letter.',
  'invalid-topic-name': 'Use 1 to 249 letters, digits, dots, hyphens or underscores; not `.` or `..`.',
  'duplicate-name': 'Give each step its own name: it is the identity of its metrics and its state.',
  'no-parent': 'Name the node that it follows, or make it a source.',
  'unknown-parent': 'Name a node of this topology, or pass the flow that declares it to `build`.',
  'repeated-parent': 'Name each parent once.',
  'parent-is-sink': 'Follow the node before the sink; to go on from a topic, declare a source.',
  'merge-of-one': 'Merge two flows or more, or leave the merge out.',
  'out-of-order': 'Declare a node after its parents.',
  cycle: 'Cut the circle: values flow one way, from sources to sinks.',
  'dead-end': 'End the flow with `to`, or leave the node out.',
  'branch-missing': 'Declare all branches of the group, each with its place in the order of the predicates.',
  'empty-source': 'Name at least one topic.',
  'repeated-topic': 'Name each topic once.',
  'topic-read-twice': 'Read the topic in one source and let both flows follow that source.',
  'topic-conflict': 'Declare the topic once, in the catalogue, and use that declaration everywhere.',
  'topic-loop': 'Write to a topic that does not lead back here.',
  'internal-topic-as-source':
    'Let the flow follow the repartition; or make the topic public, if others may write to it.',
  'repartition-shared': 'Give each repartition a topic of its own, which nothing else writes.',
  'tick-interval': 'Give the ticks a finite interval above zero, for instance `minutes(1)`.',
  'store-shared': 'Give each fold a store of its own.',
  'fold-before-key':
    'Put a repartition between, and after it only steps that keep the key (filter, mapValues, branch, merge, fold).',
  'recall-not-written':
    'Recall from a topic that a sink of the same sub-topology writes, under the key of the flow.',
  'two-keys': 'Merge the flows before one repartition, so that one topic fixes the order.',
  'input-beside-state':
    'Give each flow a sink of its own instead of merging them behind a fold; both may write to one topic.',
} as const;

export type FaultCode = keyof typeof FAULTS;

/** One fault of a declaration. */
export interface Fault {
  readonly code: FaultCode;
  /** The node's name; the topology's own where no node is at fault. */
  readonly node: string;
  readonly what: string;
  readonly mend: string;
}

export const fault = (code: FaultCode, node: string, what: string): Fault => ({
  code,
  node,
  what,
  mend: FAULTS[code],
});
