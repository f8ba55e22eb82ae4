import { text } from '../../../topology/model/codec.ts';
import type { KafkaRecord } from '../../../topology/model/record.ts';
import { keyOf } from './small-topologies.ts';

type Logged = Pick<KafkaRecord, 'key' | 'value'>;

const valueOf = ({ value }: Logged): string => (value === null ? '' : text.decode(value));
const byKey = (records: readonly Logged[]): ReadonlyMap<string, string[]> =>
  new Map(
    [...Map.groupBy(records, ({ key }) => (key === null ? '' : text.decode(key)))].map(([key, of]) => [
      key,
      of.map(valueOf),
    ]),
  );

/** What the two folds of `listing` make of one key's words, in their order: one output per word. */
function reference(wordsOfKey: readonly string[]): string[] {
  return wordsOfKey.map((_, i) => `${i + 1}=${wordsOfKey.slice(0, i + 1).join(',')}`);
}

export interface Committed {
  /** The words that were fed, each of them once. */
  readonly fed: readonly string[];
  /** What the repartition topic and the output topic hold. */
  readonly words: readonly Logged[];
  readonly sums: readonly Logged[];
}

/**
 * What is not exactly once: a word that is lost or doubled on the way to its key, an output that is missing, too many,
 * out of order, or made of another state.
 */
export function violations({ fed, words, sums }: Committed): string[] {
  const found: string[] = [];
  const arrived = words.map(valueOf);
  if (arrived.toSorted().join(' ') !== fed.toSorted().join(' '))
    found.push(`fed ${fed.length} words, the log holds ${arrived.length}, or others`);
  for (const word of arrived.filter(
    (each) => !words.some(({ key }) => key !== null && text.decode(key) === keyOf(each)),
  ))
    found.push(`${word} is under another key`);
  const [inputs, outputs] = [byKey(words), byKey(sums)];
  for (const key of new Set([...inputs.keys(), ...outputs.keys()])) {
    const [wanted, got] = [reference(inputs.get(key) ?? []), outputs.get(key) ?? []];
    const at = wanted.findIndex((output, i) => output !== got[i]);
    if (at >= 0) found.push(`${key}: output ${at} is ${got[at]}, not ${wanted[at]}`);
    else if (got.length !== wanted.length) found.push(`${key}: ${got.length} outputs, not ${wanted.length}`);
  }
  return found;
}
