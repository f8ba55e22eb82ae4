import { RESOURCE_TYPES, type ResourceType } from './shape.ts';

/**
 * How a resource of ours is written, the safest first: under an id of ours; where its identifier is found or not; created
 * unless its identifier is found, which is not safe against two at once on most servers.
 */
export type Way = 'client-id' | 'conditional-update' | 'conditional-create';

/** What a server says that it can do. */
export interface Capability {
  readonly transaction: boolean;
  /** Of the types that it lets be written so that it may be repeated: the ways, the safest first. */
  readonly ways: ReadonlyMap<ResourceType, readonly Way[]>;
  /** Whether it lets a Communication be written under an id of ours. */
  readonly communication: boolean;
}

/** Reads a CapabilityStatement; undefined when it is none of FHIR R4. */
export function readCapability(statement: unknown): Capability | undefined {
  if (field(statement, 'resourceType') !== 'CapabilityStatement') return undefined;
  if (!String(field(statement, 'fhirVersion')).startsWith('4.0')) return undefined;
  const rest = list(statement, 'rest').find((one) => field(one, 'mode') === 'server');
  const codes = (of: unknown): unknown[] => list(of, 'interaction').map((one) => field(one, 'code'));
  const ways = new Map<ResourceType, readonly Way[]>();
  let communication = false;
  for (const resource of list(rest, 'resource')) {
    const type = RESOURCE_TYPES.find((one) => one === field(resource, 'type'));
    const found = waysOf(resource, codes(resource));
    if (type !== undefined && found.length > 0) ways.set(type, found);
    if (field(resource, 'type') === 'Communication') communication = found.includes('client-id');
  }
  return { transaction: codes(rest).includes('transaction'), ways, communication };
}

function waysOf(resource: unknown, interactions: readonly unknown[]): readonly Way[] {
  const can = (interaction: string): boolean => interactions.includes(interaction);
  if (!can('update')) return [];
  const ways: Way[] = [];
  // Many that allow it do not say so, HAPI for one: it is tried, unless it is denied.
  if (can('read') && field(resource, 'updateCreate') !== false) ways.push('client-id');
  // To amend what is there it must be found first.
  if (!can('search-type')) return ways;
  if (field(resource, 'conditionalUpdate') === true) ways.push('conditional-update');
  else if (can('create') && field(resource, 'conditionalCreate') === true) ways.push('conditional-create');
  return ways;
}

export const field = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined;

export function list(of: unknown, name: string): readonly unknown[] {
  const found = field(of, name);
  return Array.isArray(found) ? found : [];
}
