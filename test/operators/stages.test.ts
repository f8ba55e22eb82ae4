import { Subject } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { decodeFhir, type FhirRecord } from '../../operators/decode-fhir.ts';
import { eventRules, screeningRules } from '../../operators/screening-rules.ts';
import { toClinicalEvents } from '../../operators/to-clinical-events.ts';
import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import { DeadLetter, type Verdict } from '../../topology/model/outcome.ts';
import type { SourceRecord } from '../../topology/model/record.ts';
import { observation, record } from './fhir.ts';

type Told = string;

/** What comes out of the two stages, in the order in which it comes: kinds of events, reasons of verdicts, the end. */
function listening(): {
  readonly input: Subject<SourceRecord<Uint8Array>>;
  readonly told: Told[];
  readonly subscribed: () => boolean;
} {
  const input = new Subject<SourceRecord<Uint8Array>>();
  const told: Told[] = [];
  const decode = decodeFhir(screeningRules({ maxFhirBytes: 10_000 }));
  const records = new Subject<FhirRecord>();
  const say = (one: ClinicalEvent | Verdict): number => told.push('reason' in one ? one.reason : one.kind);
  records.pipe(toClinicalEvents(eventRules(screeningRules()))).subscribe({
    next: say,
    error: (error: unknown) => told.push(`error ${String(error)}`),
    complete: () => told.push('end'),
  });
  input.pipe(decode).subscribe({
    next: (one) => {
      if (one instanceof DeadLetter) say(one);
      else records.next(one);
    },
    error: (error: unknown) => records.error(error),
    complete: () => records.complete(),
  });
  return { input, told, subscribed: () => records.observed };
}

describe('the stages of the first sub-topology', () => {
  test('answer within the call: nothing waits, and the order is the order of the records', () => {
    const { input, told } = listening();
    input.next(record(observation()));
    expect(told).toEqual(['VITAL_SIGNS']);
    input.next(record('{'));
    input.next(record(observation({ status: 'registered' })));
    input.next(record(observation({ code: undefined })));
    expect(told).toEqual(['VITAL_SIGNS', 'not-json', 'VITAL_SIGNS', 'status-registered', 'code']);
  });

  test('end with their source, and fail with it', () => {
    const ended = listening();
    ended.input.complete();
    expect(ended.told).toEqual(['end']);
    const failed = listening();
    failed.input.error(new Error('gone'));
    expect(failed.told).toEqual(['error Error: gone']);
    expect([ended.subscribed(), failed.subscribed()]).toEqual([false, false]);
  });

  test('every record bears where it lies', () => {
    const input = new Subject<SourceRecord<Uint8Array>>();
    const origins: unknown[] = [];
    input.pipe(decodeFhir(screeningRules({ maxFhirBytes: 10_000 }))).subscribe((one) => {
      if (!(one instanceof DeadLetter)) origins.push(one.origin);
    });
    input.next(record(observation(), { topic: 'fhir.observation.labs', partition: 3, offset: 77 }));
    expect(origins).toEqual([{ topic: 'fhir.observation.labs', partition: 3, offset: 77 }]);
  });
});
