/**
 * What is said beside every committed offset: when the group began, epoch milliseconds, as far as anybody noted it. Of a partition
 * that nothing was committed of it tells whether the group only begins or has passed it over.
 */
export const beganText = (began: number | undefined): string =>
  began === undefined ? '' : JSON.stringify({ v: 1, began });

/** When the group began; undefined when nobody noted it. */
export function beganOf(text: string): number | undefined {
  try {
    const said: unknown = JSON.parse(text);
    const began = typeof said === 'object' && said !== null && 'began' in said ? said.began : undefined;
    return typeof began === 'number' ? began : undefined;
  } catch {
    return undefined;
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
  began: number | undefined,
): string => JSON.stringify({ v: 1, hash, topology, partitions, from, began });

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
