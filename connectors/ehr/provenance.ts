import type { Provenance } from 'fhir/r4.js';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { RECORD_SYSTEM } from './names.ts';
import { markText } from './record-mark.ts';
import { referenceTo, sourcesOf } from './references.ts';
import { isoOf, type ResourceType, type Shaped } from './shape.ts';
import { SOFTWARE } from './software.ts';

const OPERATION = 'http://terminology.hl7.org/CodeSystem/v3-DataOperation';
const PARTICIPANT = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/** Who made the resources of an alert, and of what: this software, of those Observations, by that record of the log. */
export function provenanceOf(shaped: Shaped, targets: readonly ResourceType[]): Provenance {
  const { alert, mark, ours, referring } = shaped;
  const record = { identifier: { system: RECORD_SYSTEM, value: markText(mark) } };
  const sources = sourcesOf(alert).map((source) => referenceTo(source, referring));
  return {
    resourceType: 'Provenance',
    target: targets.map((type) => ours(type)),
    // When the alert was made, not when it was written: written again it stays the same.
    recorded: isoOf(alert.processingTime),
    activity: { coding: [{ system: OPERATION, code: operationOf(alert) }] },
    agent: [{ type: { coding: [{ system: PARTICIPANT, code: 'assembler' }] }, who: SOFTWARE }],
    entity: [record, ...sources].map((what) => ({ role: 'source', what })),
  };
}

function operationOf({ status }: SepsisAlert): string {
  if (status === 'RETRACTED') return 'NULLIFY';
  return status === 'RAISED' ? 'CREATE' : 'UPDATE';
}
