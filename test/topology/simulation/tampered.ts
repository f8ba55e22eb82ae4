import type { OutgoingRecord } from '../../../topology/model/record.ts';
import type { Parts } from '../../../topology/testing/simulation/cluster.ts';
import { sums, words } from '../runtime/small-topologies.ts';
import { driverWith } from './driver-with.ts';

/** Changes what one worker sends to a topic, in every third call. */
const sending = (
  topic: string,
  change: (records: readonly OutgoingRecord[]) => readonly OutgoingRecord[],
): (() => Parts) => {
  return () => {
    let calls = 0;
    return {
      driver: driverWith({
        transactions: (transactions) => ({
          ...transactions,
          send: (to, records) =>
            transactions.send(to, to === topic && ++calls % 3 === 0 ? change(records) : records),
        }),
      }),
    };
  };
};

const lastOf = (records: readonly OutgoingRecord[]): readonly OutgoingRecord[] => records.slice(-1);
const changed = (record: OutgoingRecord | undefined): OutgoingRecord[] =>
  record === undefined || record.value === null
    ? []
    : [{ ...record, value: record.value.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) }];

/** What a verifier must see: a drop, a duplicate, a swap, another value, another key. */
export const TAMPERED: Readonly<Record<string, () => Parts>> = {
  'an output is dropped': sending(sums.name, (records) => records.slice(1)),
  'an output is doubled': sending(sums.name, (records) => [...records, ...lastOf(records)]),
  'outputs are swapped': sending(sums.name, (records) => records.toReversed()),
  'an output is another': sending(sums.name, (records) => [...records.slice(1), ...changed(records[0])]),
  'a repartitioned record is dropped': sending(words.name, (records) => records.slice(1)),
  'a repartitioned record is doubled': sending(words.name, (records) => [...records, ...lastOf(records)]),
  'repartitioned records are swapped': sending(words.name, (records) => records.toReversed()),
};
