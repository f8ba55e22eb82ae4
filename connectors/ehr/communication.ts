import type { Communication, Reference } from 'fhir/r4.js';
import type { AuditEvent } from '../../schemas/generated/audit-event.ts';
import { PAGE_SYSTEM, resourceIdOf } from './names.ts';
import { isoOf } from './shape.ts';
import { SOFTWARE } from './software.ts';

const CATEGORY = 'http://terminology.hl7.org/CodeSystem/communication-category';
/** Who pages, in the audit trail. */
const PAGER = 'pagerduty';

/** The Observation of an alert as the server holds it: whom it is about is read from there, the audit trail has a pseudonym. */
export interface HeldAlert {
  readonly id: string;
  readonly subject: Reference | undefined;
  readonly encounter: Reference | undefined;
}

/** Whether a decision is that a page was accepted; one that was taken back is none. */
export const isPage = ({ actor, decision, reason }: AuditEvent): boolean =>
  actor === PAGER && decision === 'DELIVERED' && !reason.startsWith('resolved-');

/** Id of the Communication of a page: the decision's, which is made of the page's key and stays the same when it is sent again. */
export const communicationIdOf = ({ id }: AuditEvent): string => resourceIdOf(id);

/** That the team on call was told. Depends on nothing that changes, so that written twice it is the same. */
export function communicationOf(page: AuditEvent, alert: HeldAlert): Communication {
  const { subject, encounter } = alert;
  return {
    resourceType: 'Communication',
    id: communicationIdOf(page),
    identifier: [{ use: 'official', system: PAGE_SYSTEM, value: page.id }],
    status: 'completed',
    category: [{ coding: [{ system: CATEGORY, code: 'alert' }] }],
    ...(subject === undefined ? {} : { subject }),
    about: [{ reference: `Observation/${alert.id}` }],
    ...(encounter === undefined ? {} : { encounter }),
    sent: isoOf(page.processingTime),
    sender: SOFTWARE,
    payload: [
      {
        contentString: `Positive sepsis screen (${page.rule}): PagerDuty accepted a page to the team on call.`,
      },
    ],
  };
}
