import type { FhirCursor } from './fhir-cursor.ts';
import { FieldNames } from './field-names.ts';
import { skipValue } from './skip-value.ts';

const PERIOD = new FieldNames(['start', 'end']);
const TIMING = new FieldNames(['event']);

export interface Period {
  readonly start: string | undefined;
  readonly end: string | undefined;
}

/** A Period, as written; undefined when no object stands there. */
export function readPeriod(json: FhirCursor): Period | undefined {
  if (!json.onObject()) return undefined;
  let start: string | undefined;
  let end: string | undefined;
  if (json.openObject()) {
    do {
      const field = json.field(PERIOD);
      if (field === 0) start = json.text();
      else if (field === 1) end = json.text();
      else skipValue(json);
    } while (json.nextMember());
  }
  return { start, end };
}

/** A Timing: its first event. */
export interface Timing {
  readonly event: string | undefined;
}

/** A Timing; undefined when no object stands there. */
export function readTiming(json: FhirCursor): Timing | undefined {
  if (!json.onObject()) return undefined;
  let event: string | undefined;
  if (json.openObject()) {
    do {
      if (json.field(TIMING) === 0) event = readFirstEvent(json);
      else skipValue(json);
    } while (json.nextMember());
  }
  return { event };
}

function readFirstEvent(json: FhirCursor): string | undefined {
  if (!json.onArray()) return undefined;
  let event: string | undefined;
  if (json.openArray()) {
    let first = true;
    do {
      if (first) event = json.text();
      else skipValue(json);
      first = false;
    } while (json.nextElement());
  }
  return event;
}
