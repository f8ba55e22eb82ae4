import type { Observation, Quantity } from 'fhir/r4.js';
import { dateOf, MINUTE } from './clock.ts';
import { UCUM } from './frame.ts';
import type { Random } from './random.ts';
import type { Draft } from './vitals.ts';

export type Oddity =
  | 'none'
  | 'corrected'
  | 'retracted'
  | 'retracted-first'
  | 'late'
  | 'very-late'
  | 'duplicate'
  | 'wrong-unit'
  | 'date-only'
  | 'no-subject'
  | 'preliminary'
  | 'no-value'
  | 'cancelled'
  | 'ahead';

/** One delivery of an Observation. */
export interface Delivery {
  readonly arrival: number;
  readonly resource: Observation;
}

/** How often each oddity comes in 160 charted rates and pressures. */
const CARDS: readonly [Oddity, number][] = [
  ['corrected', 3],
  ['retracted', 2],
  ['retracted-first', 1],
  ['late', 6],
  ['very-late', 2],
  ['duplicate', 4],
  ['wrong-unit', 1],
  ['date-only', 1],
  ['no-subject', 1],
  ['preliminary', 2],
  ['no-value', 1],
  ['cancelled', 1],
  ['ahead', 4],
];
const DECK = 160;

/** Deals oddities from a shuffled deck instead of by dice, so that every ward of a few hours shows each of them. */
export function oddityDeck(random: Random): () => Oddity {
  let deck: Oddity[] = [];
  return () => {
    if (deck.length === 0) {
      const odd = CARDS.flatMap(([oddity, count]) => Array.from({ length: count }, () => oddity));
      deck = random.shuffled([...odd, ...Array.from({ length: DECK - odd.length }, (): Oddity => 'none')]);
    }
    return deck.pop() ?? 'none';
  };
}

/** What reaches the broker of one measurement taken at `at`; every arrival is at `at` or later. */
export function deliveries(oddity: Oddity, draft: Draft, at: number, random: Random): Delivery[] {
  const soon = at + random.between(0.2, 4) * MINUTE;
  const later = soon + random.between(10, 50) * MINUTE;
  const plain = (value: number, arrival: number): Delivery => ({
    arrival,
    resource: draft.write(value, at, arrival, 1),
  });
  const right = plain(draft.value, soon);
  const slip = plain(draft.slip, soon);
  switch (oddity) {
    case 'none':
      return [right];
    case 'corrected':
      return [slip, { arrival: later, resource: draft.write(draft.value, at, later, 2) }];
    case 'retracted':
      return [slip, { arrival: later, resource: retraction(draft, at, later) }];
    case 'retracted-first':
      // Two interfaces, two queues: the withdrawal overtakes what it withdraws.
      return [{ arrival: soon, resource: retraction(draft, at, soon) }, plain(draft.slip, later)];
    case 'late':
      return [plain(draft.value, at + random.between(6, 45) * MINUTE)];
    case 'very-late':
      return [plain(draft.value, at + random.between(60, 180) * MINUTE)];
    case 'duplicate':
      return [right, { ...right, arrival: soon + random.between(0.01, 8) * MINUTE }];
    case 'wrong-unit':
      return [{ arrival: soon, resource: inWrongUnit(right.resource) }];
    case 'date-only':
      return [{ arrival: soon, resource: withDateOnly(right.resource, at) }];
    case 'no-subject': {
      const { subject: _, ...resource } = right.resource;
      return [{ arrival: soon, resource }];
    }
    case 'preliminary':
      return [{ arrival: soon, resource: { ...right.resource, status: 'preliminary' } }];
    case 'no-value':
      return [{ arrival: soon, resource: withoutValue(right.resource) }];
    case 'cancelled':
      return [{ arrival: soon, resource: { ...right.resource, status: 'cancelled' } }];
    case 'ahead': {
      // Charted for the end of the round, sent at its beginning.
      const ahead = at + random.between(5, 40) * MINUTE;
      return [{ arrival: at, resource: draft.write(draft.value, ahead, at, 1) }];
    }
  }
}

/** A miskeyed value and, a while later, the right one: the alert that the first may raise must go away again. */
export function miskeyed(draft: Draft, at: number, random: Random): Delivery[] {
  return deliveries('corrected', draft, at, random);
}

const retraction = (draft: Draft, at: number, arrival: number): Observation => ({
  ...draft.write(draft.slip, at, arrival, 2),
  status: 'entered-in-error',
});

const NO_UNIT_OF_OURS: Pick<Quantity, 'unit' | 'system' | 'code'> = {
  unit: 'cm',
  system: UCUM,
  code: 'cm',
};

function inWrongUnit(resource: Observation): Observation {
  const wrong = (quantity: Quantity): Quantity => ({ ...quantity, ...NO_UNIT_OF_OURS });
  const { valueQuantity, component } = resource;
  return {
    ...resource,
    ...(valueQuantity === undefined ? {} : { valueQuantity: wrong(valueQuantity) }),
    ...(component === undefined
      ? {}
      : {
          component: component.map((part) => ({ ...part, valueQuantity: wrong(part.valueQuantity ?? {}) })),
        }),
  };
}

function withDateOnly(resource: Observation, at: number): Observation {
  const { effectiveInstant: _, effectivePeriod: __, ...rest } = resource;
  return { ...rest, effectiveDateTime: dateOf(at) };
}

function withoutValue(resource: Observation): Observation {
  const { valueQuantity: _, component: __, ...rest } = resource;
  const system = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';
  return { ...rest, dataAbsentReason: { coding: [{ system, code: 'not-performed' }] } };
}
