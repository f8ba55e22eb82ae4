import { TOPIC } from '../../schemas/topics.ts';
import { LOINC } from '../operators/fhir.ts';
import type { Mimic } from '../oracle/mimic.ts';
import type { EpisodeLine, FireLine } from '../oracle/results.ts';

/** NDJSON that is published together, a line each. */
export type Round = readonly Uint8Array[];

const MINUTE = 60_000;
/** A total whose verbal part could not be tested does not count, and that is another Observation of the same time: it comes before. */
const COMA_SCORE = Buffer.from('"9269-2"');

/**
 * A recording in rounds, each patient's in the order of event time. At the end of a round every patient stands where the next page is
 * due: the last record is the one that completes the onset or the rise. So what must be paged does not depend on how fast anybody
 * is: whoever waits for the pages of each round sees all of them. Behind the last episode of a patient comes a normal value, which ends it.
 */
export function roundsOf(
  { records, pidOf }: Mimic,
  { episodes, fires }: { readonly episodes: readonly EpisodeLine[]; readonly fires: readonly FireLine[] },
): Round[] {
  const firesOf = Map.groupBy(fires, ({ pid }) => pid);
  const timed: {
    readonly round: number;
    readonly time: number;
    readonly last: boolean;
    readonly line: Uint8Array;
  }[] = [];
  for (const { topic, key, value, eventTime } of records) {
    if (value === null) continue;
    const pid = key === null ? '' : pidOf(Buffer.from(key).toString());
    const isVital = topic === TOPIC.vitals && !Number.isNaN(eventTime);
    const before = firesOf.get(pid)?.filter(({ t }) => Date.parse(t) < eventTime).length ?? 0;
    const [round, time] = isVital ? [before, eventTime] : [0, 0];
    timed.push({ round, time, last: Buffer.from(value).includes(COMA_SCORE), line: value });
  }
  const subjects = new Map(
    records.flatMap(({ key }) => {
      const subject = key === null ? '' : Buffer.from(key).toString();
      return [[pidOf(subject), subject] as const];
    }),
  );
  for (const [pid, of] of Map.groupBy(episodes, ({ pid }) => pid)) {
    const time = Math.max(...of.map(({ end }) => Date.parse(end))) + MINUTE;
    const line = vitalSign({
      id: `end-${pid}`,
      subject: subjects.get(pid) ?? '',
      sign: 'RR',
      value: 15,
      time,
    });
    timed.push({ round: firesOf.get(pid)?.length ?? 0, time, last: false, line });
  }
  const rounds = Map.groupBy(
    timed.toSorted((a, b) => a.time - b.time || Number(a.last) - Number(b.last)),
    ({ round }) => round,
  );
  return Array.from({ length: Math.max(...rounds.keys()) + 1 }, (_, i) =>
    (rounds.get(i) ?? []).map(({ line }) => line),
  );
}

const SIGNS = {
  RR: { code: '9279-1', unit: '/min' },
  SBP: { code: '8480-6', unit: 'mm[Hg]' },
} as const;

export interface VitalSign {
  readonly id: string;
  /** `Patient/<id>` */
  readonly subject: string;
  readonly sign: keyof typeof SIGNS;
  readonly value: number;
  readonly time: number;
  readonly status?: string;
  readonly versionId?: string;
}

export function vitalSign({
  id,
  subject,
  sign,
  value,
  time,
  status = 'final',
  versionId = '1',
}: VitalSign): Uint8Array {
  const { code, unit } = SIGNS[sign];
  const at = new Date(time).toISOString();
  return Buffer.from(
    JSON.stringify({
      resourceType: 'Observation',
      id,
      meta: { versionId },
      status,
      code: { coding: [{ system: LOINC, code }] },
      subject: { reference: subject },
      effectiveDateTime: at,
      issued: at,
      valueQuantity: { value, system: 'http://unitsofmeasure.org', code: unit },
    }),
  );
}
