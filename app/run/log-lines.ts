import type { Writable } from 'node:stream';
import { silent, type Telemetry } from '../../topology/ports/telemetry.ts';

type Field = string | number;

/** Lines of JSON, of named events alone: steps, topics, tasks, codes and numbers, never a key, a value or a message of an error. */
export function logLines(
  out: Pick<Writable, 'write'>,
  always: Readonly<Record<string, Field>>,
): {
  readonly say: (event: string, fields: Readonly<Record<string, Field>>) => void;
  readonly telemetry: Telemetry;
} {
  const say = (event: string, fields: Readonly<Record<string, Field>>): void => {
    out.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...always, ...fields })}\n`);
  };
  return {
    say,
    telemetry: {
      ...silent,
      aborted: (reason) => say('aborted', { reason }),
      retrying: (code) => say('retrying', { code }),
      restored: (task, entries, replayed, milliseconds) =>
        say('restored', { task, entries, replayed, milliseconds }),
      degraded: (task, from) => say('degraded', { task, from }),
      snapshotFailed: (task, code) => say('snapshot-failed', { task, code }),
      deadLettered: (step, reason) => say('dead-letter', { step, reason }),
    },
  };
}
