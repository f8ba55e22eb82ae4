import { crc32 } from 'node:zlib';
import type { SnapshotHeader } from '../../topology/ports/snapshot-store.ts';

/** Layout of the entries and of this text: a reader of another one does not guess. */
const VERSION = 1;
const CRC_DIGITS = 8;

const crcOf = (json: string): string => crc32(json).toString(16).padStart(CRC_DIGITS, '0');

/** The header with its checksum. The token makes it another text for each save, also of the same offset. */
export function headerText(
  { offset, topologyHash, stateHash, epoch }: SnapshotHeader,
  token: string,
): string {
  const json = JSON.stringify({ v: VERSION, offset, topologyHash, stateHash, epoch, token });
  return crcOf(json) + json;
}

/** Undefined: not what was written, or of another layout. */
export function headerOf(text: string): SnapshotHeader | undefined {
  const json = text.slice(CRC_DIGITS);
  if (crcOf(json) !== text.slice(0, CRC_DIGITS)) return undefined;
  const said: unknown = JSON.parse(json);
  if (typeof said !== 'object' || said === null || !('v' in said) || said.v !== VERSION) return undefined;
  if (!('offset' in said && 'topologyHash' in said && 'stateHash' in said && 'epoch' in said))
    return undefined;
  const { offset, topologyHash, stateHash, epoch } = said;
  if (typeof offset !== 'number' || typeof epoch !== 'number') return undefined;
  if (typeof topologyHash !== 'string' || typeof stateHash !== 'string') return undefined;
  return { offset, topologyHash, stateHash, epoch };
}
