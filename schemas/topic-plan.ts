import { type Duration, days } from '../topology/model/time.ts';
import { TOPIC } from './topics.ts';

/** What a topic should be beside its numbers of partitions and replicas, which are the cluster's affair. */
export interface PlannedTopic {
  readonly name: string;
  /** How long its records are kept. */
  readonly retention: Duration;
  /** Kept for less than this, answers go wrong; without it a shorter time only means that less can be caught up with. */
  readonly leastRetention?: Duration;
  /** Bytes of the largest batch that it takes (`max.message.bytes`), where the default of the brokers is too little. */
  readonly largestBatch?: number;
  /** Why it is kept for so long. */
  readonly why: string;
  /** `cleanup.policy`, where it is not `delete`. */
  readonly cleanup?: 'compact,delete';
  /** What would go wrong if the brokers kept the last record of each key alone; of one where they do, why. */
  readonly compacted: string;
  /** The sink that alone reads and writes it; the topology knows nothing of it. */
  readonly sink?: 'pagerduty';
}

/** The longest real episode on record lasts 24 days; a rebuild must reach back before the oldest that is open. */
const EPISODES: Duration = days(45);

/** A week lets a hospital's long week-end pass before somebody sees that nothing reads its feeds. */
const FEEDS = {
  retention: days(7),
  why: 'a feed is read within seconds; a week without a reader loses nothing',
  compacted: 'keys of feeds are any, so resources that were not read yet would go',
} as const;

/** Six years: 45 CFR 164.316(b)(2)(i) (HIPAA), counted with leap days. */
const SIX_YEARS: Duration = days(2192);

/**
 * Every topic, with the reason for each figure. All are kept by time and without a bound in bytes, which would cut a time short in a
 * week with many patients.
 */
export const TOPIC_PLAN: readonly PlannedTopic[] = Object.freeze([
  { name: TOPIC.vitals, ...FEEDS },
  { name: TOPIC.labs, ...FEEDS },
  { name: TOPIC.encounters, ...FEEDS },
  { name: TOPIC.medicationRequests, ...FEEDS },
  {
    name: TOPIC.clinicalEvents,
    retention: EPISODES,
    leastRetention: EPISODES,
    why: 'state is rebuilt from it; real episodes last up to 24 days',
    compacted: 'state is rebuilt from every event of a patient, and ticks have no key',
  },
  {
    name: TOPIC.alerts,
    retention: days(90),
    leastRetention: EPISODES,
    why: 'who folds it later sees every episode of the last quarter; a rebuild needs the open ones',
    compacted: 'the key is the patient, but the last record of each alert counts: earlier alerts would go',
  },
  {
    name: TOPIC.audit,
    retention: SIX_YEARS,
    why: 'documentation is kept for six years (45 CFR 164.316(b)(2)(i))',
    compacted: 'each decision is a record of its own: all but the last of a patient would go',
  },
  {
    name: TOPIC.deadLetters,
    retention: days(30),
    // Whatever the brokers took as input by default (1,048,588 bytes) fits with the headers that say why it is here.
    largestBatch: 2 * 1024 * 1024,
    why: 'time to find the fault and to send again; it holds original records',
    compacted: 'keys are as received or none: a record without a key would be refused',
  },
  {
    name: TOPIC.pages,
    retention: EPISODES,
    leastRetention: EPISODES,
    why: 'which pages of a patient are open; none is open for longer than an episode lasts',
    cleanup: 'compact,delete',
    compacted: 'the last record of a patient says it all, and is read whenever a partition changes hands',
    sink: 'pagerduty',
  },
  {
    name: TOPIC.pageResponses,
    retention: days(7),
    why: 'who acknowledged or resolved a page; read at once, and again when a partition changes hands',
    compacted: 'an acknowledgement and a resolution of one page are two records of one key',
    sink: 'pagerduty',
  },
]);
