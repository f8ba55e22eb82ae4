import type { Writable } from 'node:stream';
import { type Stall, silent, type Telemetry } from '../../topology/ports/telemetry.ts';

type Field = string | number;

function stallFields({ since, transaction, ...stall }: Stall): Readonly<Record<string, Field>> {
  const fields: Record<string, Field> = { since: new Date(since).toISOString() };
  for (const [name, field] of Object.entries({ ...stall, ...transaction }))
    if (field !== undefined) fields[name] = field;
  return fields;
}

/** Writes one line: what happened, and its fields. */
export type Say = (event: string, fields: Readonly<Record<string, Field>>) => void;

/** Lines of JSON, of named events alone: steps, topics, tasks, codes and numbers, never a key, a value or a message of an error. */
export function logLines(
  out: Pick<Writable, 'write'>,
  always: Readonly<Record<string, Field>>,
): {
  readonly say: Say;
  readonly telemetry: Telemetry;
} {
  const say: Say = (event, fields) => {
    out.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...always, ...fields })}\n`);
  };
  return {
    say,
    telemetry: {
      ...silent,
      aborted: (reason) => say('aborted', { reason }),
      began: (topic, partition, offset, instead) =>
        say('began', { topic, partition, offset, ...(instead === undefined ? {} : { instead }) }),
      stalled: (stall) => say('stalled', stallFields(stall)),
      recovered: (partition, milliseconds) =>
        say('recovered', { ...(partition === undefined ? {} : { partition }), milliseconds }),
      retrying: (code) => say('retrying', { code }),
      restored: (task, entries, replayed, milliseconds) =>
        say('restored', { task, entries, replayed, milliseconds }),
      parked: (topic, partition, code) => say('parked', { topic, partition, code }),
      unparked: (topic, partition) => say('unparked', { topic, partition }),
      degraded: (task, from) => say('degraded', { task, from }),
      snapshotFailed: (task, code) => say('snapshot-failed', { task, code }),
      deadLettered: (step, reason) => say('dead-letter', { step, reason }),
    },
  };
}
