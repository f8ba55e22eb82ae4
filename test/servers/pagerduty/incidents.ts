import type { GivenEvent } from './event-rules.ts';

/** An incident, and all that happened to it. Times in epoch milliseconds. */
export interface Incident {
  readonly id: string;
  readonly routing: string;
  readonly key: string;
  readonly opened: number;
  /** The event that opened it. */
  readonly event: GivenEvent;
  status: 'triggered' | 'acknowledged' | 'resolved';
  /** Triggers that came for it, the first one included: whoever is on call hears of the first alone. */
  triggers: number;
  acknowledged?: number;
  resolved?: number;
  resolvedBy?: 'event' | 'person';
}

/** What PagerDuty does with events: one alert of a deduplication key is open at a time, per routing key. */
export class Incidents {
  readonly all: Incident[] = [];
  /** Events that changed nothing, because nothing of their key was open here. */
  readonly dropped: GivenEvent[] = [];

  /** The deduplication key, which is made up when there is none. */
  take(event: GivenEvent, now: number): string {
    const key = event.dedup_key ?? `generated-${this.all.length}`;
    const open = this.openOf(event.routing_key, key);
    if (event.event_action === 'trigger') {
      if (open === undefined)
        this.all.push({
          id: `P${String(this.all.length).padStart(6, '0')}`,
          routing: event.routing_key,
          key,
          opened: now,
          event,
          status: 'triggered',
          triggers: 1,
        });
      else open.triggers++;
    } else if (open === undefined) this.dropped.push(event);
    else if (event.event_action === 'acknowledge') acknowledge(open, now);
    else resolve(open, now, 'event');
    return key;
  }

  openOf(routing: string, key: string): Incident | undefined {
    return this.all.find((one) => one.routing === routing && one.key === key && one.status !== 'resolved');
  }

  /** What a person does in the application. */
  person(key: string, does: 'acknowledge' | 'resolve', now: number): Incident {
    const open = this.all.find((one) => one.key === key && one.status !== 'resolved');
    if (open === undefined) throw new Error(`No incident of ${key} is open.`);
    if (does === 'acknowledge') acknowledge(open, now);
    else resolve(open, now, 'person');
    return open;
  }
}

function acknowledge(incident: Incident, now: number): void {
  incident.status = 'acknowledged';
  incident.acknowledged ??= now;
}

function resolve(incident: Incident, now: number, by: 'event' | 'person'): void {
  incident.status = 'resolved';
  incident.resolved = now;
  incident.resolvedBy = by;
}
