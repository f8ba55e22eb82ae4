import { text } from '../../../topology/model/codec.ts';
import type { SimulatedInput } from '../../../topology/testing/simulation/simulate.ts';
import { lines } from '../runtime/small-topologies.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e'];

/** Lines of two words, all words different: a word that is lost, doubled or out of order shows in its key's list. */
export const wordLines = (count: number): SimulatedInput[] =>
  Array.from({ length: count }, (_, i) => ({
    topic: lines.name,
    key: null,
    value: text.encode(`${KEYS[(i * 7) % KEYS.length]}:${2 * i} ${KEYS[(i * 3) % KEYS.length]}:${2 * i + 1}`),
  }));
