import type { FaultCode } from '../../../../topology/dsl/fault.ts';
import type { Topology } from '../../../../topology/dsl/nodes.ts';

/** A topology that has one fault and no other, and the node at which it is to be told. */
export interface Case {
  readonly rule: string;
  readonly at: string;
  readonly topology: Topology;
}

/** The compiler asks for a case when a code is added. */
export type Cases = Readonly<Record<FaultCode, readonly [Case, ...Case[]]>>;
