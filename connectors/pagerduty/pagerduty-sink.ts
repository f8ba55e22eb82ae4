import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { TOPIC } from '../../schemas/topics.ts';
import type { KafkaDriver, ProducerPort, TopicPartition } from '../../topology/ports/kafka-driver.ts';
import type { Delivery, Lane, Opened, Sink } from '../sink/sink.ts';
import { ACTOR, Audit, type AuditSettings } from './audit.ts';
import { decide } from './decide.ts';
import type { Action, Circumstances, Decided } from './decided.ts';
import type { Call } from './gate.ts';
import { Intents } from './intents.ts';
import { type PartitionPages, readJournal, sendingRecord, stateRecord } from './journal.ts';
import type { PagePolicy } from './page-policy.ts';
import type { PatientPages, Sending } from './patient-pages.ts';
import type { Response } from './respond.ts';
import { Responses } from './responses.ts';
import { Sender, type SenderSettings, Stopped } from './sender.ts';
import { Turn } from './turn.ts';
import { undelivered } from './undelivered.ts';

export interface PagerDutySinkSettings extends SenderSettings, AuditSettings {
  readonly driver: KafkaDriver;
  readonly policy: PagePolicy;
}

interface Partition {
  readonly pages: PartitionPages;
  readonly opened: Opened;
}

type Outputs = Delivery<SepsisAlert>['outputs'][number][];
type Refused = NonNullable<Delivery<SepsisAlert>['refused']>[number];

/**
 * Pages the team: decides what to send from all that waits of a patient and from the journal of his pages, sends it, and writes
 * the new state and the decisions. What it sends is written before: after a crash in between the same is sent once more, under
 * the same keys, and PagerDuty takes it for what it has.
 */
export class PagerDutySink implements Sink<SepsisAlert> {
  readonly name: string = ACTOR;
  readonly #settings: PagerDutySinkSettings;
  readonly #audit: Audit;
  readonly #sender: Sender;
  readonly #producer: ProducerPort;
  readonly #intents: Intents;
  readonly #partitions = new Map<number, Partition>();
  readonly #responses: Responses;

  constructor(settings: PagerDutySinkSettings) {
    const { driver, clock, chance, telemetry } = settings;
    this.#settings = settings;
    this.#audit = new Audit(settings);
    this.#sender = new Sender(settings);
    this.#producer = driver.producer();
    this.#intents = new Intents(this.#producer, clock, chance, (code) => telemetry.retrying(code, ''));
    this.#responses = new Responses(clock);
  }

  async open(at: TopicPartition, signal: AbortSignal, opened: Opened): Promise<void> {
    const { driver, clock } = this.#settings;
    const pages = await readJournal(at, { driver, clock, producer: this.#producer }, signal);
    if (signal.aborted) return;
    const partition = { pages, opened };
    this.#partitions.set(at.partition, partition);
    this.#wake(partition);
  }

  close({ partition }: TopicPartition): void {
    this.#partitions.delete(partition);
  }

  /** A person did something with a page; heeded where the patient is ours, now or when he comes to be. */
  responded(response: Response): void {
    this.#responses.add(response);
    for (const partition of this.#partitions.values()) this.#wake(partition);
  }

  async deliver(lane: Lane<SepsisAlert>, signal: AbortSignal): Promise<Delivery<SepsisAlert>> {
    const partition = this.#partitionOf(lane);
    if (partition === undefined) throw new Stopped();
    const { pages } = partition;
    const sending = pages.sendingOf(lane.key);
    // What was about to be sent before a crash is decided again from what was known then: who answered since is heeded behind it.
    if (lane.waiting.length === 0)
      return { outputs: sending === undefined ? this.#heed(lane.key, pages) : [] };
    const turn = new Turn(lane, sending);
    const heeded = turn.sending === undefined ? this.#heed(lane.key, pages) : [];
    await turn.complete(this.#settings.clock, signal);
    const { decided, call } = await this.#decide(turn, partition, signal);
    if (decided.actions.length > 0 && turn.sending === undefined)
      await this.#intend(lane.key, pages, decided, heeded.length > 0, signal);
    if (signal.aborted) {
      call?.unused();
      throw new Stopped();
    }
    const before = pages.states.get(lane.key);
    const sent = await this.#send({ decided, before, turn }, call, signal);
    const outputs = [...heeded, ...sent.outputs, ...this.#finish(lane.key, partition, sent.decided)];
    return { outputs, refused: sent.refused };
  }

  #wake({ pages, opened }: Partition): void {
    for (const [patient, state] of pages.states) if (this.#responses.concern(state)) opened.wake(patient);
  }

  #partitionOf({ key, waiting }: Lane<SepsisAlert>): Partition | undefined {
    const [first] = waiting;
    if (first !== undefined) return this.#partitions.get(first.partition);
    return [...this.#partitions.values()].find(({ pages }) => pages.states.has(key));
  }

  /** What people did with the pages of a patient since. */
  #heed(patient: string, pages: PartitionPages): Outputs {
    const { clock, policy, telemetry } = this.#settings;
    const outputs: Outputs = [];
    let state = pages.states.get(patient);
    for (const { response, heeded } of this.#responses.of(state, policy)) {
      state = heeded.next;
      outputs.push(this.#audit.response(patient, heeded.alertId, heeded.alert.facts, response, clock.now()));
      telemetry.responded(response.kind);
    }
    if (state === undefined || outputs.length === 0) return outputs;
    pages.states.set(patient, state);
    return [[TOPIC.pages, stateRecord(pages.partition, patient, state, clock.now())], ...outputs];
  }

  /** What to do about what waits, which is taken; with the call that the first action begins with. */
  async #decide(
    turn: Turn,
    partition: Partition,
    signal: AbortSignal,
  ): Promise<{ readonly decided: Decided; readonly call: Call | undefined }> {
    const look = (): Decided =>
      decide(
        partition.pages.states.get(turn.key),
        turn.records,
        this.#circumstances(partition, turn.sending),
      );
    for (;;) {
      const [expected] = look().actions;
      let call: Call | undefined;
      if (expected !== undefined) {
        call = await this.#sender.gate(expected.alias).pass(turn.waiting(look), signal);
        if (call === undefined) throw new Stopped();
      }
      // More may have come meanwhile.
      const decided = look();
      if (decided.actions[0]?.alias === expected?.alias) {
        turn.take();
        return { decided, call };
      }
      call?.unused();
    }
  }

  #circumstances({ opened }: Partition, sending: Sending | undefined): Circumstances {
    const { clock, policy, routing } = this.#settings;
    const aliases = Object.entries(sending?.aliases ?? {});
    return {
      policy,
      now: sending?.now ?? clock.now(),
      began: opened.began,
      // What was sent goes once more to where it went.
      aliasOf: (alert) =>
        aliases.find(([key]) => key.startsWith(alert.alertId))?.[1] ??
        routing.aliasOf(alert.encounterDetail?.location ?? null),
    };
  }

  /** Says what is about to be sent, before it is. */
  async #intend(
    patient: string,
    pages: PartitionPages,
    { actions, next }: Decided,
    heeded: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const now = this.#settings.clock.now();
    const state = pages.states.get(patient);
    // It was decided with what people did: so must it be again.
    if (heeded && state !== undefined)
      await this.#intents.write(stateRecord(pages.partition, patient, state, now), signal);
    const aliases = Object.fromEntries(actions.map(({ key, alias }) => [key, alias]));
    const sending: Sending = { version: 1, upTo: next.done.offset, now, aliases };
    pages.sendings.set(patient, sending);
    await this.#intents.write(sendingRecord(pages.partition, patient, sending, now), signal);
  }

  async #send(
    {
      decided,
      before,
      turn,
    }: {
      readonly decided: Decided;
      readonly before: PatientPages | undefined;
      readonly turn: Turn;
    },
    first: Call | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly decided: Decided; readonly outputs: Outputs; readonly refused: readonly Refused[] }> {
    const { clock, telemetry } = this.#settings;
    const outputs: Outputs = [];
    const refused = new Map<number, Refused>();
    let { next } = decided;
    for (const [i, action] of decided.actions.entries()) {
      const outcome = await this.#sender.send(
        action,
        i === 0 ? first : undefined,
        () => turn.pressed,
        signal,
      );
      const { record, key } = action;
      if (outcome === 'accepted') {
        const reason = `${reasonOf(action)}${turn.sending === undefined ? '' : '-resent'}`;
        outputs.push(this.#audit.about(record, 'DELIVERED', reason, key, clock.now()));
        continue;
      }
      next = undelivered(next, action, before);
      // A record is a dead letter once, whatever was refused of it.
      refused.set(record.offset, { record, reason: `pagerduty-${outcome}` });
      outputs.push(this.#audit.about(record, 'SUPPRESSED', outcome, key, clock.now()));
      telemetry.suppressed(outcome);
    }
    return { decided: { ...decided, next }, outputs, refused: [...refused.values()] };
  }

  #finish(patient: string, { pages, opened }: Partition, { next, suppressed }: Decided): Outputs {
    const { clock, telemetry } = this.#settings;
    const now = clock.now();
    const outputs: Outputs = suppressed.map(({ record, reason }) => {
      telemetry.suppressed(reason);
      return this.#audit.about(record, 'SUPPRESSED', reason, reason, now);
    });
    if (next !== pages.states.get(patient))
      outputs.push([TOPIC.pages, stateRecord(pages.partition, patient, next, now)]);
    if (pages.sendings.delete(patient))
      outputs.push([TOPIC.pages, sendingRecord(pages.partition, patient, undefined, now)]);
    pages.states.set(patient, next);
    // Somebody may have answered before this was written down.
    if (this.#responses.concern(next)) opened.wake(patient);
    return outputs;
  }
}

const reasonOf = ({ kind, reason }: Action): string => (kind === 'trigger' ? reason : `resolved-${reason}`);
