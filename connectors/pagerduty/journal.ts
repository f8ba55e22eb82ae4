import { TOPIC } from '../../schemas/topics.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import { type Duration, milliseconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { KafkaDriver, ProducerPort, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import {
  decodePages,
  decodeSending,
  encodePages,
  type PatientPages,
  SENDING_SUFFIX,
  type Sending,
} from './patient-pages.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What the journal says of the patients of one partition of the alerts. */
export class PartitionPages {
  readonly partition: number;
  readonly states: Map<string, PatientPages> = new Map();
  /** What was about to be sent, and is not known to be. */
  readonly sendings: Map<string, Sending> = new Map();

  constructor(partition: number) {
    this.partition = partition;
  }

  /** What must be made up for before anything else of the patient; undefined: nothing. */
  sendingOf(patient: string): Sending | undefined {
    const sending = this.sendings.get(patient);
    // An owner of before may have written it when another had already carried it out.
    const done = this.states.get(patient)?.done.offset ?? -1;
    return sending === undefined || sending.upTo <= done ? undefined : sending;
  }

  /** A record of the journal: the last one of a key holds. */
  take(key: string, value: Uint8Array | null): void {
    if (key.endsWith(SENDING_SUFFIX)) {
      const patient = key.slice(0, -SENDING_SUFFIX.length);
      if (value === null) this.sendings.delete(patient);
      else this.sendings.set(patient, decodeSending(value));
    } else if (value === null) this.states.delete(key);
    else this.states.set(key, decodePages(value));
  }
}

interface JournalSettings {
  readonly driver: KafkaDriver;
  readonly producer: ProducerPort;
  readonly clock: Clock;
}

/** A record that says nothing, and goes when the log is compacted. */
const BARRIER = '#barrier';
const LOOK: Duration = milliseconds(10);

/**
 * Reads what the journal says of a partition of the alerts, which is in its partition of the same number: all that was
 * committed with the offsets that the group stands at. Resolves too when `signal` aborts.
 * @throws StreamsError `configuration`: the journal is missing or partitioned otherwise; `pages-unreadable`.
 */
export async function readJournal(
  { topic, partition }: TopicPartition,
  { driver, producer, clock }: JournalSettings,
  signal: AbortSignal,
): Promise<PartitionPages> {
  await assertAlike(driver, topic);
  const at = { topic: TOPIC.pages, partition };
  // Offsets may be committed and stable before the records beside them are visible: what is written now is so after them.
  const barrier = { partition, key: encoder.encode(BARRIER), value: null, timestamp: clock.now() };
  const [appended] = await producer.send(TOPIC.pages, [barrier]);
  const behind = appended?.offset ?? 0;
  let log = await driver.admin().offsets(at);
  for (; log.end <= behind && !signal.aborted; log = await driver.admin().offsets(at))
    await clock.sleep(LOOK, signal);
  const pages = new PartitionPages(partition);
  await driver.read(at, log.start, log.end, ({ records }) => {
    for (const { key, value } of records) if (key !== null) pages.take(decoder.decode(key), value);
  });
  return pages;
}

async function assertAlike(driver: KafkaDriver, topic: string): Promise<void> {
  const counts = await driver.admin().partitions([topic, TOPIC.pages]);
  const [pages, alerts] = [counts.get(TOPIC.pages), counts.get(topic)];
  if (pages !== undefined && pages === alerts) return;
  throw new StreamsError(
    'configuration',
    pages === undefined
      ? `The topic ${TOPIC.pages} is missing: create it with \`sepsis-streams topics create\`.`
      : `${TOPIC.pages} has ${pages} partitions, but ${topic} has ${alerts}: \`sepsis-streams topics check\` says what to do.`,
  );
}

export const stateRecord = (
  partition: number,
  patient: string,
  state: PatientPages,
  timestamp: number,
): OutgoingRecord => ({ partition, key: encoder.encode(patient), value: encodePages(state), timestamp });

/** `sending` undefined: it is carried out. */
export const sendingRecord = (
  partition: number,
  patient: string,
  sending: Sending | undefined,
  timestamp: number,
): OutgoingRecord => ({
  partition,
  key: encoder.encode(`${patient}${SENDING_SUFFIX}`),
  value: sending === undefined ? null : encodePages(sending),
  timestamp,
});
