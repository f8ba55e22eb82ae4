import type { AuditEvent } from '../../schemas/generated/audit-event.ts';
import type { Delivery, Lane, Refused, Sink } from '../sink/sink.ts';
import { isPage } from './communication.ts';
import { type PageWriting, type PageWritten, writePage } from './write-page.ts';

export interface PageSinkSettings extends PageWriting {
  /** What became of a page. */
  readonly told?: (written: PageWritten['kind']) => void;
}

/**
 * Reads the audit trail, and writes a Communication of each page that was accepted; everything else is passed over. What it does
 * twice is the same as once.
 */
export class PageSink implements Sink<AuditEvent> {
  readonly name: string = 'ehr-pages';
  readonly #settings: PageSinkSettings;

  constructor(settings: PageSinkSettings) {
    this.#settings = settings;
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}

  async deliver(lane: Lane<AuditEvent>, signal: AbortSignal): Promise<Delivery<AuditEvent>> {
    const refused: Refused<AuditEvent>[] = [];
    for (const record of lane.take()) {
      if (!isPage(record.value)) continue;
      const written = await writePage(record.value, this.#settings, signal);
      this.#settings.told?.(written.kind);
      if (written.kind === 'refused') refused.push({ record, reason: written.reason });
    }
    return { outputs: [], refused };
  }
}
