import type { FrozenEpisode } from '../clinical/episode.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The settled part of an open episode, as kept in the state. Rare, so JSON. */
export const readFrozen = (bytes: Uint8Array): FrozenEpisode | undefined =>
  bytes.length === 0 ? undefined : (JSON.parse(decoder.decode(bytes)) as FrozenEpisode);

export const writeFrozen = (frozen: FrozenEpisode | undefined): Uint8Array =>
  frozen === undefined ? new Uint8Array(0) : encoder.encode(JSON.stringify(frozen));
