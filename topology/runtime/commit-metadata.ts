/** What is said beside every committed offset. */
export interface Common {
  /**
   * When the group began, epoch milliseconds, as far as anybody noted it: of a partition that nothing was committed of it tells whether
   * the group only begins or has passed it over.
   */
  readonly began: number | undefined;
  /** Scope of the transaction that it was committed in: whoever takes over from one that died knows whose transaction to end. */
  readonly scope: string;
}

export const commonText = (common: Common): string => JSON.stringify({ v: 1, ...common });

/** When the group began; undefined when nobody noted it. */
export function beganOf(text: string): number | undefined {
  const { began } = fieldsOf(text);
  return typeof began === 'number' ? began : undefined;
}

/** In which scope it was committed; undefined when it does not say so. */
export function scopeOf(text: string): string | undefined {
  const { scope } = fieldsOf(text);
  return typeof scope === 'string' ? scope : undefined;
}

function fieldsOf(text: string): { readonly began?: unknown; readonly scope?: unknown } {
  try {
    const said: unknown = JSON.parse(text);
    return typeof said === 'object' && said !== null ? said : {};
  } catch {
    return {};
  }
}

/** What is said beside a committed offset of a stateful task. */
export interface CommitMetadata {
  /** Hash of the state at the offset. */
  readonly hash: string;
  readonly topology: string;
  /** Over how many partitions the keys of its topic were spread; undefined of a commit that does not say it. */
  readonly partitions: number | undefined;
  /** First offset that the state is made of; undefined: that of the first record ever. */
  readonly from: number | undefined;
}

export const metadataText = (
  { hash, topology, partitions, from }: CommitMetadata,
  { began, scope }: Common,
): string => JSON.stringify({ v: 1, hash, topology, partitions, from, began, scope });

/** Undefined when it is none of ours. */
export function readMetadata(text: string): CommitMetadata | undefined {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== 'object' || said === null || !('hash' in said) || !('topology' in said))
      return undefined;
    const { hash, topology } = said;
    const partitions = 'partitions' in said ? said.partitions : undefined;
    const from = 'from' in said ? said.from : undefined;
    if (typeof hash !== 'string' || typeof topology !== 'string') return undefined;
    return {
      hash,
      topology,
      partitions: typeof partitions === 'number' ? partitions : undefined,
      from: typeof from === 'number' ? from : undefined,
    };
  } catch {
    return undefined;
  }
}
