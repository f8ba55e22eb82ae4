import type { AlertStatus, CriterionState, SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { type Style, styled } from '../console/ansi.ts';
import { printable } from '../console/width.ts';
import { criterionText, shortId } from '../console/words.ts';
import { criterionView } from '../start/criterion-view.ts';

const STYLES: Readonly<Record<AlertStatus, Style>> = {
  UNKNOWN: 'plain',
  RAISED: 'alarm',
  ESCALATED: 'alarm',
  UPDATED: 'warning',
  RESOLVED: 'good',
  RETRACTED: 'dim',
};

/** The longest of them is ESCALATED. */
const STATUS_COLUMNS = 9;

/** A record of the alerts topic in one line for a person. It names the patient. */
export function alertWords(alert: SepsisAlert, colour: boolean): string {
  const status = alert.status.toLowerCase().padEnd(STATUS_COLUMNS);
  const shown = colour ? styled(status, STYLES[alert.status]) : status;
  const why = [...standing(alert), span(alert), ...besides(alert), `alert ${shortId(alert.alertId)}`];
  const score = `${alert.score}/3`;
  return `${minute(alert.processingTime, ':ss')} ${shown} ${score} ${printable(alert.patient)}: ${printable(why.join('; '))}`;
}

/** What is met and what is missing, or why nothing is any more. */
function standing({ status, reason, survivorAlertId, criteria, missing, ...alert }: SepsisAlert): string[] {
  if (status === 'RETRACTED')
    return [survivorAlertId === null ? words(reason) : `merged into alert ${shortId(survivorAlertId)}`];
  const met = criteria.flatMap(metText);
  return [
    ...(status === 'RESOLVED' ? [words(reason)] : []),
    ...(met.length === 0 ? [] : [met.join(', ')]),
    ...(missing.length === 0 ? [] : [`missing ${missing.join(', ')}`]),
    ...(alert.peak > alert.score ? [`peak ${alert.peak}`] : []),
    ...(alert.current.score < alert.score ? [`latest values ${alert.current.score}/3`] : []),
  ];
}

const besides = ({ suspectedInfection, lactate, encounterDetail, evidenceCapped }: SepsisAlert): string[] => [
  ...(suspectedInfection === null ? [] : ['infection suspected']),
  ...(lactate === null ? [] : [`lactate ${lactate.value} mmol/L`]),
  ...(encounterDetail?.location ? [encounterDetail.location] : []),
  ...(evidenceCapped === 0 ? [] : [`${evidenceCapped} values left out`]),
];

/** While the episode is open its end is what it would be if nothing more came. */
const span = ({ start, end, status }: SepsisAlert): string =>
  `${minute(start)} ${status === 'RESOLVED' || status === 'RETRACTED' ? 'to' : 'until'} ${minute(end)}`;

function metText({ criterion, met, value, ageMs, preliminary, unitAssumed }: CriterionState): string[] {
  if (!met || value === null || ageMs === null || criterion === 'UNKNOWN') return [];
  return [criterionText(criterionView(criterion, { value, ageMs, preliminary, unitAssumed }))];
}

/** `data corrected` */
const words = (reason: SepsisAlert['reason']): string => reason.toLowerCase().replaceAll('_', ' ');

/** `2026-01-05 08:42Z`, or with its seconds. */
const minute = (t: number, seconds: ':ss' | '' = ''): string =>
  `${new Date(t)
    .toISOString()
    .slice(0, seconds === '' ? 16 : 19)
    .replace('T', ' ')}Z`;
