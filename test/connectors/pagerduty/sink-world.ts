import type { MemoryBroker } from '../../../connectors/memory/broker.ts';
import { memorySchemaRegistry } from '../../../connectors/memory/schema-registry.ts';
import type { Answer } from '../../../connectors/pagerduty/answer.ts';
import type { PageContent } from '../../../connectors/pagerduty/event.ts';
import { PAGE_POLICY, type PagePolicy } from '../../../connectors/pagerduty/page-policy.ts';
import { PagerDutySink } from '../../../connectors/pagerduty/pagerduty-sink.ts';
import {
  decodePages,
  type PatientPages,
  SENDING_SUFFIX,
} from '../../../connectors/pagerduty/patient-pages.ts';
import { Routing, type RoutingTable } from '../../../connectors/pagerduty/routing.ts';
import type { SinkLimits } from '../../../connectors/sink/settings.ts';
import { SinkWorker } from '../../../connectors/sink/sink-worker.ts';
import { bindCodecs } from '../../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../../schemas/codecs/subjects.ts';
import type { AuditEvent } from '../../../schemas/generated/audit-event.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { TOPIC, type Topics, topicsOf } from '../../../schemas/topics.ts';
import { text } from '../../../topology/model/codec.ts';
import { headerText, type KafkaRecord } from '../../../topology/model/record.ts';
import type { Clock } from '../../../topology/ports/clock.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';

export const GROUP = 'sepsis-streams-pagerduty';
export const ROUTING_KEY: string = 'r'.repeat(32);

export const MINIMAL: PageContent = {
  details: 'minimal',
  places: 'ehr',
  severity: { usual: 'error', worse: 'critical' },
};

export interface Member {
  readonly sink: PagerDutySink;
  readonly worker: SinkWorker<SepsisAlert>;
  readonly ended: Promise<unknown>;
}

export interface MemberSettings {
  readonly driver: KafkaDriver;
  readonly clock: Clock;
  readonly send: (body: string, signal: AbortSignal) => Promise<Answer>;
  readonly slot?: string;
  readonly rate?: number;
  readonly policy?: Partial<PagePolicy>;
  readonly content?: Partial<PageContent>;
  readonly table?: RoutingTable;
  readonly chance?: () => number;
  readonly limits?: Partial<SinkLimits>;
}

/** Codecs and topics, of a registry that has the schemas. */
export async function topicsInMemory(): Promise<Topics> {
  const registry = memorySchemaRegistry();
  for (const { subject, schema } of Object.values(SUBJECTS)) await registry.register(subject, schema);
  return topicsOf(await bindCodecs(registry));
}

/** The topics of the alerts and of the sink in memory, and members of the sink's group. */
export class SinkWorld {
  readonly topics: Topics;
  readonly broker: MemoryBroker;
  readonly partitions: number;
  /** What the members told of themselves, a line each. */
  readonly told: string[] = [];

  constructor(topics: Topics, broker: MemoryBroker, partitions: number) {
    this.topics = topics;
    this.broker = broker;
    this.partitions = partitions;
    const names = [TOPIC.alerts, TOPIC.audit, TOPIC.deadLetters, TOPIC.pages, TOPIC.pageResponses];
    broker.createTopics(names.map((name) => ({ name, partitions })));
  }

  member(settings: MemberSettings): Member {
    const { driver, clock, send, slot = 'a', rate = 120, policy, content, table, limits } = settings;
    const { chance = () => 0.5 } = settings;
    const sink = new PagerDutySink({
      driver,
      clock,
      chance,
      client: { send },
      routing: new Routing(() => table ?? new Map([['default', ROUTING_KEY]])),
      policy: { ...PAGE_POLICY, ...policy },
      content: { ...MINIMAL, ...content },
      rate,
      audit: this.topics.audit,
      pseudonymOf: (patient) => `pseudonym of ${patient.length}`,
      telemetry: {
        delivered: (kind) => this.told.push(`delivered ${kind}`),
        suppressed: (reason) => this.told.push(`suppressed ${reason}`),
        refused: (kind, status) => this.told.push(`refused ${kind} ${status}`),
        responded: (kind) => this.told.push(`responded ${kind}`),
        retrying: (code, why) => this.told.push(`retrying ${code} ${why}`),
      },
    });
    const worker = new SinkWorker({
      driver,
      clock,
      sink,
      topic: this.topics.alerts,
      application: GROUP,
      slot,
      deadLetters: TOPIC.deadLetters,
      chance,
      retrying: (code) => this.told.push(`retrying ${code}`),
      ...(limits && { limits }),
    });
    return { sink, worker, ended: worker.run().catch((error: unknown) => error) };
  }

  append(timestamp: number, ...alerts: readonly SepsisAlert[]): void {
    this.broker.append(
      TOPIC.alerts,
      alerts.map((alert) => ({
        key: text.encode(alert.patient),
        value: this.topics.alerts.value.encode(alert),
        timestamp,
      })),
    );
  }

  /** Records of the alerts that are not committed. */
  get lag(): number {
    let lag = 0;
    for (let partition = 0; partition < this.partitions; partition++) {
      const at = { topic: TOPIC.alerts, partition };
      const committed = this.broker.committedOf(GROUP, [at]).get(`${at.topic}/${partition}`)?.offset ?? 0;
      lag += this.broker.log(at).end - committed;
    }
    return lag;
  }

  read(topic: string): KafkaRecord[] {
    const all = Number.POSITIVE_INFINITY;
    return Array.from({ length: this.partitions }, (_, partition) => [
      ...this.broker.log({ topic, partition }).read(0, all, all, { committed: true }).records,
    ]).flat();
  }

  get audit(): AuditEvent[] {
    return this.read(TOPIC.audit).flatMap(({ value }) =>
      value === null ? [] : this.topics.audit.value.decode(value),
    );
  }

  /** Reasons of the dead letters. */
  get dead(): string[] {
    return this.read(TOPIC.deadLetters).map(
      ({ headers }) => headerText(headers, '__connect.errors.reason') ?? '',
    );
  }

  /** The journal: the last state of each patient, and whose page is about to be sent. */
  get journal(): { readonly states: ReadonlyMap<string, PatientPages>; readonly sending: readonly string[] } {
    const last = new Map(
      this.read(TOPIC.pages).map(({ key, value }) => [key === null ? '' : text.decode(key), value]),
    );
    const states = new Map<string, PatientPages>();
    const sending: string[] = [];
    for (const [key, value] of last) {
      if (value === null) continue;
      if (key.endsWith(SENDING_SUFFIX)) sending.push(key);
      else states.set(key, decodePages(value));
    }
    return { states, sending };
  }
}
