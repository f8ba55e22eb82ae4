import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import type { Block } from './block.ts';
import { ENCOUNTER, sectionLength, sectionOf, sectionSpells, setSection } from './tail.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();
/** Longest reference kept, in bytes. */
const LIMIT = 255;
const reference = new Uint8Array(LIMIT);

/** The encounter that the newest vital sign belongs to; undefined when none named one. */
export const notedEncounter = (block: Block): string | undefined =>
  sectionLength(block, ENCOUNTER) === 0 ? undefined : decoder.decode(sectionOf(block, ENCOUNTER));

/** Keeps the encounter that the newest vital sign belongs to; at one instant the greater reference. */
export function noteEncounter(block: Block, { encounter, time, measurements }: ClinicalEvent): void {
  if (encounter === null || time === null || measurements.length === 0 || time < block.encounterTime) return;
  if (!sectionSpells(block, ENCOUNTER, encounter)) {
    const { read, written } = encoder.encodeInto(encounter, reference);
    if (read < encounter.length) return;
    if (time === block.encounterTime && decoder.decode(sectionOf(block, ENCOUNTER)) > encounter) return;
    setSection(block, ENCOUNTER, reference.subarray(0, written));
  }
  block.encounterTime = time;
}
