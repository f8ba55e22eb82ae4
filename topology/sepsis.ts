import { alertEpisodes } from '../operators/alert-episodes.ts';
import { recallAlerts } from '../operators/alerts/recall-alerts.ts';
import { auditOf } from '../operators/audit-of.ts';
import { decodeFhir } from '../operators/decode-fhir.ts';
import { scorePatient } from '../operators/score-patient.ts';
import { eventRules, type ScreeningRules } from '../operators/screening-rules.ts';
import { stores } from '../operators/stores.ts';
import { toClinicalEvents } from '../operators/to-clinical-events.ts';
import { everyMinute } from '../schemas/ticks.ts';
import type { Topics } from '../schemas/topics.ts';
import type { Topology } from './dsl/nodes.ts';
import { topology } from './dsl/topology.ts';

/** Reads a hospital's FHIR, watches each patient's last six hours, and writes every change of a patient's alert. */
export const sepsis = (topics: Topics, rules: ScreeningRules): Topology =>
  topology('sepsis-streams')
    // Sub-topology 0: any instance may take any record; no state, so the key does not matter.
    .source('fhir', [topics.vitals, topics.labs, topics.encounters, topics.medicationRequests])
    .stage('decode-fhir', decodeFhir(rules))
    .stage('clinical-events', toClinicalEvents(eventRules(rules)))
    .repartition('by-patient', topics.clinicalEvents, (event) => event.patient, { ticks: everyMinute })
    // Sub-topology 1: all events of a patient meet in one partition, in order, so state is safe.
    .fold('patient-window', stores.patients, scorePatient(rules))
    .fold('alert-episodes', stores.episodes, alertEpisodes(rules), { recall: recallAlerts(topics.alerts) })
    .to('sepsis-alerts', topics.alerts, { and: ['audit', topics.audit, auditOf(rules.pseudonymSecret)] });
