import { createHash } from 'node:crypto';

/** What names the resources of an alert on any server. */
export const ALERT_SYSTEM = 'urn:sepsis-streams:alert';
/** Which record of the alert topic a resource was made of; see `record-mark.ts`. */
export const RECORD_SYSTEM = 'urn:sepsis-streams:alert-record';
/** What names an Observation that cannot be referred to. */
export const SOURCE_SYSTEM = 'urn:sepsis-streams:source';
/** What names the Communication of a page: the decision in the audit trail that says that it was accepted. */
export const PAGE_SYSTEM = 'urn:sepsis-streams:page';
export const SOFTWARE_SYSTEM = 'urn:sepsis-streams:software';

/** Id of a FHIR resource, R4 datatypes: `[A-Za-z0-9\-\.]{1,64}`. */
const ID = /^[A-Za-z0-9.-]{1,64}$/;
export const isFhirId = (text: string): boolean => ID.test(text);

/** Id of the resources of an alert, the same in each type: the alert id where that can be one, else its hash. */
export const resourceIdOf = (alertId: string): string => (isFhirId(alertId) ? alertId : sha256(alertId));

/** A `urn:uuid:` that stands for a resource of an alert inside a Bundle, while the server has given it no id. */
export function placeholderOf(type: string, alertId: string): string {
  const hex = sha256(`${type} ${alertId}`);
  // Version 8: its bits are somebody's own (RFC 9562).
  const uuid = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${uuid.join('-')}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
