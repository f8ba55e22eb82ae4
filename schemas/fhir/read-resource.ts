import { isUtf8 } from 'node:buffer';
import { FhirCursor } from './fhir-cursor.ts';
import { InvalidJson } from './json-bytes.ts';
import { OPEN_OBJECT, QUOTE } from './json-cursor.ts';
import { malformedPath } from './malformed.ts';
import { enclosedText } from './read-envelope.ts';
import { type FhirResource, Unreadable } from './resource.ts';
import { ResourceDraft } from './resource-draft.ts';
import { readFields, typeBit } from './resource-fields.ts';
import { skipValue } from './skip-value.ts';

/** The largest record that a Kafka broker takes by default (`max.message.bytes`), without its own overhead. */
export const DEFAULT_MAX_BYTES: number = 1024 * 1024;

/** One walk at a time: reading is synchronous, so every record can use the same cursor and draft. */
const cursor = new FhirCursor();
const draft = new ResourceDraft();

/**
 * Reads one FHIR R4 resource, or the one in an envelope's `ResourceJson`, from JSON in UTF-8. It walks the bytes once
 * and makes objects only for what the rule needs. What it accepts, and the values it reads, are those of `JSON.parse`
 * over the whole text: of equal keys the last one counts, and depth is unbounded.
 *
 * The strings of the result may be slices of one text of up to 8 KiB: copy one that is kept for long.
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
    const isObject = readText(cursor);
    nonAscii = cursor.nonAscii;
    read = isObject ? interpret() : new Unreadable('not-fhir', 'the JSON is not an object');
  } catch (error) {
    if (!(error instanceof InvalidJson)) throw error;
    read = new Unreadable('not-json', error.message);
  }
  // Not before the walk, which shows whether there is anything to check; but it is the first fault of all.
  return nonAscii && !isUtf8(bytes) ? new Unreadable('not-utf8', 'the bytes are not UTF-8') : read;
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
  const { resourceType, enclosedAt } = draft;
  if (resourceType !== undefined) return finish(resourceType, 0);
  return enclosedAt === undefined
    ? notFhir('neither resourceType nor ResourceJson')
    : readEnclosed(enclosedAt);
}

function readEnclosed(at: number): FhirResource | Unreadable {
  cursor.at = at;
  if (cursor.byte() === QUOTE) {
    cursor.load(enclosedText(cursor, at));
    try {
      if (!readText(cursor)) return notFhir('the JSON in ResourceJson is not an object');
    } catch (error) {
      if (!(error instanceof InvalidJson)) throw error;
      return new Unreadable('not-json', `ResourceJson, in its own text: ${error.message}`);
    }
    return draft.resourceType === undefined
      ? notFhir('ResourceJson without resourceType')
      : finish(draft.resourceType, 0);
  }
  readFields(cursor, draft);
  return draft.resourceType === undefined
    ? notFhir('ResourceJson without resourceType')
    : finish(draft.resourceType, at);
}

const notFhir = (detail: string): Unreadable => new Unreadable('not-fhir', detail);

/** The resource whose object starts at `from` and was walked last. */
function finish(resourceType: string, from: number): FhirResource {
  const faulty = (draft.faults & typeBit(resourceType)) !== 0;
  return draft.finish(resourceType, faulty ? malformedPath(resourceType, parsedAgain(from)) : undefined);
}

/** For the path of a fault: the walked object, read by the platform. */
function parsedAgain(from: number): unknown {
  // An enclosed object ends where the cursor stands, any other text at its end.
  const to = from === 0 ? cursor.end : cursor.at;
  return JSON.parse(cursor.bytes.toString('utf8', from, to));
}
