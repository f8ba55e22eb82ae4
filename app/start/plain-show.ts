import type {
  CriterionState,
  SepsisAlert,
  AlertStatus as Status,
} from '../../schemas/generated/sepsis-alert.ts';
import { instant, isoOf } from '../../topology/model/time.ts';
import { plainLine } from '../console/plain-line.ts';
import type { AlertStatus, CriterionView, PageView } from '../console/ward-view.ts';
import { grouped, pageText } from '../console/words.ts';
import { isOpen } from './alert-book.ts';
import { criterionView } from './criterion-view.ts';
import type { Output } from './io.ts';
import type { StartOptions } from './options.ts';
import type { Show } from './show.ts';
import { bedOf } from './ward-feed.ts';

const STATUS: Readonly<Record<Status, AlertStatus | undefined>> = {
  UNKNOWN: undefined,
  RAISED: 'raised',
  ESCALATED: 'escalated',
  UPDATED: 'updated',
  RESOLVED: 'resolved',
  RETRACTED: 'retracted',
};

/** Further values of an open alert, and late ones of a resolved one, change no more than its details. */
const saysSomethingNew = (alert: SepsisAlert, before: SepsisAlert | undefined): boolean =>
  (alert.status !== 'UPDATED' && alert.status !== 'RESOLVED') ||
  before === undefined ||
  isOpen(alert) !== isOpen(before);

/** For everything that is not a terminal: a line for each alert that opens, rises or ends, and one for each page. */
export function plainShow(out: Output, options: StartOptions): Show {
  const line = (text: string): void => void out.write(`${text}\n`);
  line(headline(options));
  return {
    alert: (alert, before) => {
      const status = STATUS[alert.status];
      if (status !== undefined && saysSomethingNew(alert, before)) line(alertLine(alert, status));
    },
    page: (page) => line(pageLine(page)),
    step: () => {},
    close: () => {},
  };
}

/** What is running, so that a log says what it is a log of. */
const headline = ({ patients, seed, speed }: StartOptions): string =>
  `Synthetic ward: ${patients} beds, seed ${seed}, ${grouped(speed)} times as fast as time, on an in-memory Kafka. ` +
  'It screens; it is not a medical device.';

const pageLine = (page: PageView): string =>
  `${isoOf(instant(page.t))} ${'page'.padEnd(9)} ${pageText(page)}`;

const alertLine = (alert: SepsisAlert, status: AlertStatus): string =>
  plainLine({
    t: instant(alert.eventTime),
    status,
    bed: bedOf(alert.patient),
    score: alert.score,
    peak: alert.peak,
    met: alert.criteria.flatMap(metView),
    missing: alert.missing,
    since: alert.start,
    end: alert.end,
    suspectedInfection: alert.suspectedInfection !== null,
    alertId: alert.alertId,
  });

function metView({
  criterion,
  met,
  value,
  ageMs,
  preliminary,
  unitAssumed,
}: CriterionState): CriterionView[] {
  if (!met || value === null || ageMs === null || criterion === 'UNKNOWN') return [];
  return [criterionView(criterion, { value, ageMs, preliminary, unitAssumed })];
}
