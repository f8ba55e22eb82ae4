import { field, list } from './capability.ts';
import { RECORD_SYSTEM } from './names.ts';
import { type RecordMark, readMark } from './record-mark.ts';
import type { ResourceType } from './shape.ts';

/** A resource of an alert as the server holds it. */
export interface Held {
  readonly id: string;
  /** For `If-Match`; undefined on a server without versions. */
  readonly version: string | undefined;
  /** Undefined when somebody else has changed it beyond recognition. */
  readonly mark: RecordMark | undefined;
}

export type HeldResources = ReadonlyMap<ResourceType, Held>;

/** What an answer with a resource says of it; undefined when it holds none. */
export function heldOf(resource: unknown): Held | undefined {
  const id = field(resource, 'id');
  if (typeof id !== 'string') return undefined;
  const version = field(field(resource, 'meta'), 'versionId');
  const entities = list(resource, 'entity').map((entity) => field(field(entity, 'what'), 'identifier'));
  const mark = [...list(resource, 'identifier'), ...entities].find(
    (identifier) => field(identifier, 'system') === RECORD_SYSTEM,
  );
  return {
    id,
    version: typeof version === 'string' ? version : undefined,
    mark: readMark(String(field(mark, 'value'))),
  };
}
