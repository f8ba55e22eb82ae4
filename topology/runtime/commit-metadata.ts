/** What is said beside a committed offset of a stateful task. */
export interface CommitMetadata {
  /** Hash of the state at the offset. */
  readonly hash: string;
  readonly topology: string;
  /** Over how many partitions the keys of its topic were spread; undefined of a commit that does not say it. */
  readonly partitions: number | undefined;
}

export const metadataText = ({ hash, topology, partitions }: CommitMetadata): string =>
  JSON.stringify({ v: 1, hash, topology, partitions });

/** Undefined when it is none of ours. */
export function readMetadata(text: string): CommitMetadata | undefined {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== 'object' || said === null || !('hash' in said) || !('topology' in said))
      return undefined;
    const { hash, topology } = said;
    const partitions = 'partitions' in said ? said.partitions : undefined;
    if (typeof hash !== 'string' || typeof topology !== 'string') return undefined;
    return { hash, topology, partitions: typeof partitions === 'number' ? partitions : undefined };
  } catch {
    return undefined;
  }
}
