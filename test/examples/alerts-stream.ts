import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WardFeed, wardRules } from '../../app/start/ward-feed.ts';
import { WARD_BASE } from '../../app/ward/frame.ts';
import { ward, wardPatients } from '../../app/ward/ward.ts';
import { type ScreeningRules, screeningRules } from '../../operators/screening-rules.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import { unlimited } from '../../topology/model/time.ts';
import { replayInto } from '../app/replay/replay-run.ts';
import { inOrder } from '../oracle/orders.ts';
import type { EpisodeLine } from '../oracle/results.ts';
import { outgoing } from '../oracle/screening-run.ts';
import { isPresent } from '../oracle/shared-files.ts';
import { pidOf, synthetic } from '../oracle/synthetic.ts';

/** What is screened, and the episodes that must come of it. */
export interface AlertsStream {
  readonly records: readonly (readonly [topic: string, record: OutgoingRecord])[];
  readonly rules: ScreeningRules;
  readonly episodes: readonly EpisodeLine[];
}

const RECORDING = 'seed20260105';

/** The recording with the oracle's episodes; where it is not there a ward, with the episodes of its replay. */
export const alertsStream = (): Promise<AlertsStream> =>
  isPresent('oracle/synthetic', RECORDING) ? Promise.resolve(recorded()) : generated();

/** Shuffled: so episodes are moved, merged and taken back on the way. */
function recorded(): AlertsStream {
  const { records, rules, any } = synthetic(RECORDING);
  return {
    records: inOrder(records, 'shuffled', 5).map((record) => [record.topic, outgoing(record)] as const),
    rules: rules({ lateness: unlimited }),
    episodes: any.episodes,
  };
}

export async function generated(): Promise<AlertsStream> {
  const options = { seed: 7, patients: 12, start: Date.UTC(2026, 0, 5, 7), hours: 14 };
  const folder = mkdtempSync(join(tmpdir(), 'alerts-stream-'));
  const jsonLines = (name: string, rows: readonly object[]): string => {
    const path = join(folder, name);
    writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return path;
  };
  const lines = [...ward(options)].map(({ topic, key, arrival, resource }, offset) => ({
    topic,
    key,
    offset,
    arrival: new Date(arrival).toISOString(),
    value: resource,
  }));
  const { lines: linesOf } = await replayInto(
    join(folder, 'result'),
    jsonLines('ward.jsonl', lines),
    '--patients',
    jsonLines('patients.ndjson', wardPatients(options)),
    '--base',
    WARD_BASE,
    '--lateness',
    'unlimited',
  );
  const all = new WardFeed(ward(options)).take(Number.POSITIVE_INFINITY);
  return {
    records: [...all].flatMap(([topic, records]) => records.map((record) => [topic, record] as const)),
    rules: screeningRules({ ...wardRules(options), lateness: unlimited, trustTimestamp: false }),
    episodes: (linesOf('episodes') ?? []).map(episodeOf),
  };
}

/** A line of `replay` or of a consumer, as the oracle would say it. */
export function episodeOf({ patient, ...line }: Record<string, unknown>): EpisodeLine {
  const episode: EpisodeLine = JSON.parse(JSON.stringify({ ...line, pid: pidOf(String(patient)) }));
  return episode;
}
