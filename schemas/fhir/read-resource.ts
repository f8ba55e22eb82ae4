import { isUtf8 } from 'node:buffer';
import { FhirCursor } from './fhir-cursor.ts';
import { InvalidJson } from './json-bytes.ts';
import { OPEN_OBJECT } from './json-cursor.ts';
import { malformedPath } from './malformed.ts';
import { type FhirResource, isUnreadable, Unreadable } from './resource.ts';
import { ResourceDraft } from './resource-draft.ts';
import { readFields, typeBit } from './resource-fields.ts';
import { skipValue } from './skip-value.ts';
import { Stencils } from './stencils.ts';

/** The largest record that a Kafka broker takes by default (`max.message.bytes`), without its own overhead. */
export const DEFAULT_MAX_BYTES: number = 1024 * 1024;

/** One walk at a time: reading is synchronous, so every record can use the same cursor and draft. */
const cursor = new FhirCursor();
const draft = new ResourceDraft();
const stencils = new Stencils();

/**
 * Reads one FHIR R4 resource, or the one in an envelope's `ResourceJson`, from JSON in UTF-8. It walks the bytes once
 * and makes objects only for what the rule needs. What it accepts, and the values it reads, are those of `JSON.parse`
 * over the whole text: of equal keys the last one counts, and depth is unbounded.
 *
 * @param maxBytes more bytes than this are `too-large`, whatever they are.
 */
export function readResource(
  bytes: Uint8Array,
  maxBytes: number = DEFAULT_MAX_BYTES,
): FhirResource | Unreadable {
  if (bytes.length > maxBytes) {
    return new Unreadable('too-large', `${bytes.length} bytes; at most ${maxBytes} are read`);
  }
  let read: FhirResource | Unreadable;
  let nonAscii = true;
  try {
    cursor.load(bytes);
    read = stencils.read(cursor, draft) ?? readUnknown();
    nonAscii = cursor.nonAscii;
  } catch (error) {
    if (!(error instanceof InvalidJson)) throw error;
    read = new Unreadable('not-json', error.message);
  }
  // Not before the walk, which shows whether there is anything to check; but it is the first fault of all.
  return nonAscii && !isUtf8(bytes) ? new Unreadable('not-utf8', 'the bytes are not UTF-8') : read;
}

/** Walks a text that is not like an earlier one. */
function readUnknown(): FhirResource | Unreadable {
  stencils.prepare(cursor);
  if (!readText(cursor)) return new Unreadable('not-fhir', 'the JSON is not an object');
  const { resourceType } = draft;
  const read = interpret();
  // Not of an envelope, nor of a resource with a fault, whose path has to be told each time.
  if (cursor.holes.open && resourceType !== undefined && draft.faults === 0 && !isUnreadable(read))
    stencils.learn(cursor, draft, read);
  return read;
}

/** Walks the whole text; false: it is JSON, but no object. */
function readText(json: FhirCursor): boolean {
  json.at = 0;
  json.skipWhitespace();
  const isObject = json.byte() === OPEN_OBJECT;
  if (isObject) readFields(json, draft);
  else skipValue(json);
  json.skipWhitespace();
  if (json.at < json.end) json.fail(json.at, 'the end');
  return isObject;
}

/** What the object that was just walked is: a resource, an envelope of one, or neither. */
function interpret(): FhirResource | Unreadable {
  if (draft.resourceType !== undefined) return finish(cursor, draft.resourceType, 0, cursor.end);
  if (draft.enclosing === 'text') return readEnclosedText(draft.enclosed);
  if (draft.enclosing === undefined) return notFhir('neither resourceType nor ResourceJson');
  const start = draft.enclosedAt;
  cursor.at = start;
  readFields(cursor, draft);
  return finishEnclosed(cursor, start, cursor.at);
}

function readEnclosedText(json: FhirCursor): FhirResource | Unreadable {
  try {
    if (!readText(json)) return notFhir('the JSON in ResourceJson is not an object');
  } catch (error) {
    if (!(error instanceof InvalidJson)) throw error;
    return new Unreadable('not-json', `ResourceJson, in its own text: ${error.message}`);
  }
  return finishEnclosed(json, 0, json.end);
}

function finishEnclosed(json: FhirCursor, from: number, to: number): FhirResource | Unreadable {
  const { resourceType } = draft;
  return resourceType === undefined
    ? notFhir('ResourceJson without resourceType')
    : finish(json, resourceType, from, to);
}

const notFhir = (detail: string): Unreadable => new Unreadable('not-fhir', detail);

/** The resource that was walked last, and stands between two offsets. */
function finish(json: FhirCursor, resourceType: string, from: number, to: number): FhirResource {
  if ((draft.faults & typeBit(resourceType)) === 0) return draft.finish(resourceType, undefined);
  // Rare: the path of the fault comes from the platform's own reading.
  const resource: unknown = JSON.parse(json.bytes.toString('utf8', from, to));
  return draft.finish(resourceType, malformedPath(resourceType, resource));
}
