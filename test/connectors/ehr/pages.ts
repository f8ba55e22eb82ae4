import { createHash } from 'node:crypto';
import type { SinkRecord } from '../../../connectors/sink/sink.ts';
import { askFhir } from '../../../docker/stack/fhir/fhir-request.ts';
import type { AuditEvent } from '../../../schemas/generated/audit-event.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { T } from './alerts.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The decision that a page of an alert was accepted. */
export const pageOf = (alert: SepsisAlert, own: Partial<AuditEvent> = {}): AuditEvent => ({
  id: hash(`page of ${alert.alertId}`),
  patientPseudonym: hash(alert.patient).slice(0, 32),
  alertId: alert.alertId,
  decision: 'DELIVERED',
  reason: 'onset',
  actor: 'pagerduty',
  rule: alert.rule,
  ruleVersion: alert.ruleVersion,
  score: alert.score,
  peak: alert.peak,
  eventTime: alert.eventTime,
  processingTime: T + 2_000,
  evidence: [],
  survivorAlertId: null,
  ...own,
});

export const pageRecord = (value: AuditEvent, offset = 5): SinkRecord<AuditEvent> => ({
  topic: 'sepsis.audit',
  partition: 1,
  offset,
  timestamp: value.processingTime,
  key: value.patientPseudonym,
  value,
});

/** The Communications of a page on a server, with their versions. */
export async function heldCommunications(base: string, { id }: AuditEvent): Promise<unknown[]> {
  const { body } = await askFhir(`${base}/Communication?identifier=urn:sepsis-streams:page%7C${id}`);
  const bundle: { entry?: { resource: unknown }[] } = JSON.parse(body);
  return (bundle.entry ?? []).map(({ resource }) => resource);
}
