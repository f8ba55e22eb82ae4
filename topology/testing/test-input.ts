import type { Headers, OutgoingRecord } from '../model/record.ts';
import type { Instant } from '../model/time.ts';
import type { Topic } from '../model/topic.ts';

/** A record to pipe in: the value as the topic's codec takes it, or the bytes as they stand. */
export type TestInput<V> = TestPlace & ({ readonly value: V } | { readonly bytes: Uint8Array | null });

interface TestPlace {
  /** Text is written as UTF-8; none: no key. */
  readonly key?: string | Uint8Array;
  readonly headers?: Headers;
  /** The default partitioner's choice when not given. */
  readonly partition?: number;
  /** The driver's clock when not given. */
  readonly timestamp?: Instant;
}

const encoder = new TextEncoder();

/** The record as it goes to the topic. @throws what the codec throws. */
export function recordOf<V>(topic: Topic<V>, input: TestInput<V>, now: Instant): OutgoingRecord {
  const { key, headers, partition, timestamp = now } = input;
  return {
    key: typeof key === 'string' ? encoder.encode(key) : (key ?? null),
    value: 'bytes' in input ? input.bytes : topic.value.encode(input.value),
    timestamp,
    ...(headers !== undefined && { headers }),
    ...(partition !== undefined && { partition }),
  };
}
