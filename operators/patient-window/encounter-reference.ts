import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import type { Block } from './block.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();
/** Longest reference kept, in bytes; the state holds its length in one. */
const LIMIT = 255;
const reference = new Uint8Array(LIMIT);

/** The encounter that the newest vital sign belongs to; undefined when none named one. */
export const notedEncounter = (block: Block): string | undefined =>
  block.encounter.length === 0 ? undefined : decoder.decode(block.encounter);

/** Keeps the encounter that the newest vital sign belongs to; at one instant the greater reference. */
export function noteEncounter(block: Block, { encounter, time, measurements }: ClinicalEvent): void {
  if (encounter === null || time === null || measurements.length === 0 || time < block.encounterTime) return;
  if (!spells(block.encounter, encounter)) {
    const { read, written } = encoder.encodeInto(encounter, reference);
    if (read < encounter.length) return;
    if (time === block.encounterTime && decoder.decode(block.encounter) > encounter) return;
    block.encounter = reference.slice(0, written);
  }
  block.encounterTime = time;
}

/** Whether the bytes are this text, as far as that shows without encoding it: ASCII. */
function spells(bytes: Uint8Array, text: string): boolean {
  if (bytes.length !== text.length) return false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80 || byte !== text.charCodeAt(i)) return false;
  }
  return true;
}
