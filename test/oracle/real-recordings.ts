import type { FeedOptions } from '../../connectors/files/feed.ts';
import type { FeedRecord } from '../../connectors/files/feed-record.ts';
import type { ScreeningRules } from '../../operators/screening-rules.ts';
import { mimicPidOf, mimicRules } from './mimic.ts';
import { mimicResults } from './mimic-results.ts';
import type { EpisodeLine, FireLine, PidOf } from './results.ts';
import { sharedPath } from './shared-files.ts';
import { pidOf, synthetic } from './synthetic.ts';

/** A recording as it is published, and what the oracle says of it. */
export interface RealRecording {
  readonly files: readonly string[];
  readonly order: FeedOptions;
  /** Keys that send the records of one patient to all partitions. */
  readonly keyOf: (record: FeedRecord) => Uint8Array | null;
  readonly pidOf: PidOf;
  readonly any: { readonly episodes: readonly EpisodeLine[]; readonly fires: readonly FireLine[] };
  readonly isDeadLetter: (record: FeedRecord) => boolean;
}

export type RecordingName = 'seed7-small' | 'seed20260105' | 'mimic-iii-demo';

/** What lies below `../shared` and is needed for it. */
export const NEEDS: Readonly<Record<RecordingName, readonly string[]>> = {
  'seed7-small': ['oracle/synthetic/seed7-small'],
  seed20260105: ['oracle/synthetic/seed20260105'],
  'mimic-iii-demo': ['data/mimic-iii-demo', 'oracle/mimic-iii-demo'],
};

const byNumber = ({ offset }: FeedRecord): Uint8Array => Buffer.from(String(offset % 89));

export function realRecording(name: RecordingName): RealRecording {
  if (name === 'mimic-iii-demo') {
    const topics = ['observation.vitals', 'observation.labs', 'encounter', 'medicationrequest'];
    return {
      files: topics.map((topic) => sharedPath(`data/mimic-iii-demo/fhir/fhir.${topic}.ndjson.gz`)),
      order: { order: 'as-is' },
      keyOf: byNumber,
      pidOf: mimicPidOf(),
      any: mimicResults().any,
      isDeadLetter: () => false,
    };
  }
  const { any, deadLetters } = synthetic(name);
  const dead = new Set(deadLetters);
  return {
    files: [sharedPath('oracle/synthetic', name, 'stream.jsonl.gz')],
    order: { order: 'shuffled', seed: 5 },
    // The smaller one was recorded with wrong keys: references in many spellings, and none.
    keyOf: name === 'seed7-small' ? ({ key }) => key : byNumber,
    pidOf,
    any,
    isDeadLetter: ({ offset }) => dead.has(offset),
  };
}

export const rulesOf = (name: RecordingName, own: Partial<ScreeningRules>): ScreeningRules =>
  name === 'mimic-iii-demo' ? mimicRules(own) : synthetic(name).rules(own);
