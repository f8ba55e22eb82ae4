import type { Reference } from 'fhir/r4.js';
import { SOFTWARE_SYSTEM } from './names.ts';

/** This software as the device that made a resource. By identifier: a Device resource is not everybody's to write. */
export const SOFTWARE: Reference = Object.freeze({
  type: 'Device',
  identifier: Object.freeze({ system: SOFTWARE_SYSTEM, value: 'sepsis-streams' }),
  display: 'sepsis-streams',
});
