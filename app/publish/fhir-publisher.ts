import { BatchingProducer } from '../../connectors/fhir-producer/batching-producer.ts';
import { type FhirPublisher, publisherOver } from '../../connectors/fhir-producer/fhir-publisher.ts';
import type { Format } from '../../connectors/fhir-producer/shape.ts';
import type { Access } from '../../connectors/kafka-client/access.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { type IdentifierMap, subjectResolver } from '../../schemas/fhir/patient-reference.ts';
import { type Duration, milliseconds, seconds } from '../../topology/model/time.ts';
import type { KafkaDriver, ProducerPort } from '../../topology/ports/kafka-driver.ts';
import type { DriverName } from '../configuration/kafka.ts';
import { driverOf } from '../run/driver-of.ts';

/** How a publisher reaches Kafka, and what it makes of resources. */
export interface FhirPublisherSettings {
  /** Brokers and login, or a driver, which is not closed with the publisher. */
  readonly kafka: KafkaAccess | Pick<KafkaDriver, 'producer'>;
  /** Values as bare resources (unless given), or in envelopes. */
  readonly format?: Exclude<Format, 'as-is'>;
  /** `source-system` of envelopes. */
  readonly source?: string;
  /** FHIR server that relative references belong to, without a slash at its end; the same as `run --base`. */
  readonly base?: string;
  /** Patient ids by `system|value`, for subjects without a reference. */
  readonly identifiers?: IdentifierMap;
  /** How long a resource waits for others to go with it; 5 ms unless given. */
  readonly linger?: Duration;
  /** Resources of a batch at most; 1,000 unless given. */
  readonly batchRecords?: number;
  /** Resources that are not acknowledged at most; 10,000 unless given. */
  readonly maxPending?: number;
}

/** Brokers and login. Without `tls` connections are plain, without `sasl` nobody logs in. */
export interface KafkaAccess extends Pick<Access, 'bootstrap' | 'tls' | 'sasl'> {
  readonly clientId?: string;
  /** Which client library; platformatic unless given. */
  readonly driver?: DriverName;
}

const BATCH_BYTES = 1_000_000;

/**
 * A publisher of FHIR R4 resources, to the topics that the topology reads: acknowledged by all replicas, idempotent, in batches.
 * Nothing is connected before the first resource is published. The topics must be there.
 *
 * @example
 * const publisher = fhirPublisher({ kafka: { bootstrap: ['broker-1:9092'] } });
 * await publisher.publishObservation(observation);
 * await publisher.close();
 */
export function fhirPublisher(settings: FhirPublisherSettings): FhirPublisher {
  const { kafka, base, identifiers = new Map() } = settings;
  const { producer, close } = 'producer' in kafka ? given(kafka) : connecting(kafka);
  const batching = {
    linger: settings.linger ?? milliseconds(5),
    batchRecords: settings.batchRecords ?? 1_000,
    batchBytes: BATCH_BYTES,
    maxPending: settings.maxPending ?? 10_000,
  };
  const shaping = {
    format: settings.format ?? ('bare' as const),
    source: settings.source ?? 'sepsis-streams',
    believesIssued: false,
    subjectOf: subjectResolver(base === undefined ? {} : { base }, identifiers),
  };
  return publisherOver(new BatchingProducer(producer, systemClock, batching), systemClock, shaping, close);
}

interface Reached {
  readonly producer: ProducerPort;
  readonly close: () => Promise<void>;
}

const given = (driver: Pick<KafkaDriver, 'producer'>): Reached => ({
  producer: driver.producer(),
  close: () => Promise.resolve(),
});

interface Opened {
  readonly driver: KafkaDriver;
  readonly producer: ProducerPort;
}

/** Connects when it is first used. */
function connecting({
  clientId = 'sepsis-streams-publisher',
  driver: name,
  ...access
}: KafkaAccess): Reached {
  let opened: Promise<Opened> | undefined;
  const open = async (): Promise<Opened> => {
    const limits = { requestTimeout: seconds(10), connectTimeout: seconds(3) };
    const driver = await driverOf(name ?? 'platformatic', { ...access, ...limits, clientId }, systemClock);
    return { driver, producer: driver.producer() };
  };
  return {
    producer: {
      send: async (topic, records) => {
        opened ??= open();
        return (await opened).producer.send(topic, records);
      },
      close: async () => (await opened)?.producer.close(),
    },
    close: async () => (await opened)?.driver.close(),
  };
}
