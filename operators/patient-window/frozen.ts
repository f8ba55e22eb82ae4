import type { FrozenEpisode } from '../clinical/episode.ts';
import { json } from '../json.ts';

const coding = json<FrozenEpisode>();

/** The settled part of an open episode, as kept in the state. Rare, so JSON. */
export const readFrozen = (bytes: Uint8Array): FrozenEpisode | undefined =>
  bytes.length === 0 ? undefined : coding.decode(bytes);

export const writeFrozen = (frozen: FrozenEpisode | undefined): Uint8Array =>
  frozen === undefined ? new Uint8Array(0) : coding.encode(frozen);
