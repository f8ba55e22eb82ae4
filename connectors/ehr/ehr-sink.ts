import type { AuditEvent } from '../../schemas/generated/audit-event.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { Topic } from '../../topology/model/topic.ts';
import type { Delivery, Lane, Sink } from '../sink/sink.ts';
import type { AlertRecord } from './alert-record.ts';
import { ACTOR, auditOf } from './delivered.ts';
import { type WritingSettings, type Written, writeAlert } from './write-alert.ts';

export interface EhrSinkSettings extends WritingSettings {
  readonly audit: Topic<AuditEvent>;
  readonly pseudonymOf: (patient: string) => string;
  /** What became of an alert. */
  readonly told?: (written: Written['kind']) => void;
}

const encoder = new TextEncoder();

/** Writes the last record of each alert to a FHIR server. What it does twice is the same as once. */
export class EhrSink implements Sink<SepsisAlert> {
  readonly name: string = ACTOR;
  readonly #settings: EhrSinkSettings;

  constructor(settings: EhrSinkSettings) {
    this.#settings = settings;
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}

  async deliver(lane: Lane<SepsisAlert>, signal: AbortSignal): Promise<Delivery<SepsisAlert>> {
    const waiting = new Map<string, AlertRecord[]>();
    const take = (): void => {
      for (const record of lane.take()) {
        const { alertId } = record.value;
        waiting.set(alertId, [...(waiting.get(alertId) ?? []), record]);
      }
    };
    take();
    const outputs: Delivery<SepsisAlert>['outputs'][number][] = [];
    const refused: { readonly record: AlertRecord; readonly reason: string }[] = [];
    for (const [alertId] of nextOf(waiting)) {
      const last = (): AlertRecord => {
        take();
        return waiting.get(alertId)?.at(-1) as AlertRecord;
      };
      const written = await writeAlert(last, this.#settings, signal);
      // What came behind the last try is another turn's.
      const records = waiting.get(alertId) ?? [];
      waiting.delete(alertId);
      this.#settings.told?.(written.kind);
      for (const record of records.slice(0, -1))
        outputs.push(this.#audit(record, 'SUPPRESSED', 'superseded'));
      const record = records.at(-1);
      if (record === undefined) continue;
      if (written.kind === 'refused') refused.push({ record, reason: written.reason });
      else if (written.kind === 'older') outputs.push(this.#audit(record, 'SUPPRESSED', 'older-than-held'));
      else outputs.push(this.#audit(record, 'DELIVERED', record.value.status));
    }
    return { outputs, refused };
  }

  #audit(
    record: AlertRecord,
    decision: 'DELIVERED' | 'SUPPRESSED',
    reason: string,
  ): readonly [string, OutgoingRecord] {
    const { audit, clock, pseudonymOf } = this.#settings;
    const now = clock.now();
    const pseudonym = pseudonymOf(record.value.patient);
    const value = audit.value.encode(auditOf(record, decision, reason, pseudonym, now));
    return [audit.name, { key: encoder.encode(pseudonym), value, timestamp: now }];
  }
}

/** The entries of a map, one after the other, until it is empty: each is taken out before the next is asked for. */
function* nextOf<K, V>(map: Map<K, V>): Generator<readonly [K, V]> {
  for (let next = map.entries().next(); next.done !== true; next = map.entries().next()) yield next.value;
}
