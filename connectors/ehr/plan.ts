import { StreamsError } from '../../topology/model/errors.ts';
import type { Capability, Way } from './capability.ts';
import { RESOURCE_TYPES, type ResourceType } from './shape.ts';

/** Which resources are written, and how. */
export interface Plan {
  /** In the order in which they are written. */
  readonly ways: ReadonlyMap<ResourceType, Way>;
  /** All of them in one transaction; one alone needs none. */
  readonly transaction: boolean;
}

/** Written where the server takes them, unless others are named; a Flag is a banner in everybody's face, so it must be named. */
const USUAL: ReadonlySet<ResourceType> = new Set(['Observation', 'RiskAssessment', 'Provenance']);

/**
 * Chooses from what the server can do. `wanted` undefined: the usual ones that it takes, the Observation at least.
 * @throws StreamsError `fhir-unfit`, naming what it does not do.
 */
export function planOf(
  base: string,
  { transaction, ways }: Capability,
  wanted: ReadonlySet<ResourceType> | undefined,
): Plan {
  const chosen = new Map<ResourceType, Way>();
  const lacking: string[] = [];
  for (const type of RESOURCE_TYPES) {
    const way = fitting(type, ways.get(type) ?? []);
    const needed = wanted === undefined ? type === 'Observation' : wanted.has(type);
    if (way === undefined && needed) lacking.push(type);
    if (way !== undefined && (wanted ?? USUAL).has(type)) chosen.set(type, way);
  }
  if (lacking.length > 0)
    throw new StreamsError(
      'fhir-unfit',
      `The FHIR server at ${base} does not let ${lacking.join(', ')} be written so that it may be repeated.`,
    );
  if (transaction || chosen.size === 1) return { ways: chosen, transaction: chosen.size > 1 };
  if (wanted !== undefined)
    throw new StreamsError(
      'fhir-unfit',
      `The FHIR server at ${base} has no transactions, which ${[...chosen.keys()].join(', ')} need together.`,
    );
  return {
    ways: new Map([...chosen].filter(([type]) => type === 'Observation')),
    transaction: false,
  };
}

/** A Provenance has no identifier: it is found by its id alone. */
const fitting = (type: ResourceType, ways: readonly Way[]): Way | undefined =>
  ways.find((way) => type !== 'Provenance' || way === 'client-id');

/** The same on a server that, as it turned out, gives ids itself. */
export const withoutOwnIds = ({ transaction, ways }: Capability): Capability => ({
  transaction,
  communication: false,
  ways: new Map([...ways].map(([type, of]) => [type, of.filter((way) => way !== 'client-id')])),
});
