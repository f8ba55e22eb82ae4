import type { Variables } from '../../docker/stack/data-folder.ts';
import { JEMALLOC, jemalloc } from '../../docker/stack/jemalloc.ts';
import { isStreamsError } from '../../topology/model/errors.ts';

/** What the measured processes have their memory from. */
export interface Allocator {
  /** As it is kept with the figures. */
  readonly name: string;
  readonly variables: Variables;
}

/** Also where the bench itself was started under another. */
export const SYSTEMS: Allocator = { name: "the system's", variables: { LD_PRELOAD: '' } };

/**
 * That of the image, unless the system's is asked for; the system's too, and it is said why, where the image's cannot
 * be had.
 */
export async function allocatorOf(
  asked: 'jemalloc' | 'system',
  say: (line: string) => void,
  fetched: typeof jemalloc = jemalloc,
): Promise<Allocator> {
  if (asked === 'system') return SYSTEMS;
  try {
    return { name: `jemalloc ${JEMALLOC.version}`, variables: await fetched(say) };
  } catch (error) {
    if (!isStreamsError(error) || !UNAVAILABLE.has(error.code)) throw error;
    say(`workers run under the system's allocator, and not as in the image: ${error.message}`);
    return SYSTEMS;
  }
}

const UNAVAILABLE: ReadonlySet<string> = new Set(['tool-missing', 'download-failed']);
