import fc from 'fast-check';

/** Members by their number: three without a name, two that contend for one slot, and one with a slot of its own. */
export const SLOTS: readonly (string | undefined)[] = [
  undefined,
  undefined,
  undefined,
  'slot-a',
  'slot-a',
  'slot-b',
];

/** In whose name, and of which generation, offsets are committed. */
export type As = 'itself' | 'older' | 'newer' | 'stranger' | 'nobody' | 'without its slot';

/** One step of a script about the members of a group. Any sequence of them is a script. */
export type GroupStep =
  /** One that is not in the group comes. */
  | { readonly do: 'join'; readonly m: number }
  /** All that are told to join do so. */
  | { readonly do: 'join again' }
  /** All that have joined and do not know what is theirs ask. */
  | { readonly do: 'sync' }
  | { readonly do: 'beat'; readonly m: number }
  | { readonly do: 'leave'; readonly m: number }
  | { readonly do: 'commit'; readonly m: number; readonly as: As }
  /** The same in a transaction, which is committed. */
  | { readonly do: 'commit in transaction'; readonly m: number; readonly as: As }
  | { readonly do: 'read offset' };

const m = fc.nat(SLOTS.length - 1);
const as = fc.constantFrom<As>(
  'itself',
  'itself',
  'older',
  'newer',
  'stranger',
  'nobody',
  'without its slot',
);

const step: fc.Arbitrary<GroupStep> = fc.oneof(
  ...(
    [
      [5, fc.record({ do: fc.constant('join'), m })],
      [4, fc.constant({ do: 'join again' })],
      [4, fc.constant({ do: 'sync' })],
      [2, fc.record({ do: fc.constant('beat'), m })],
      [2, fc.record({ do: fc.constant('leave'), m })],
      [2, fc.record({ do: fc.constant('commit'), m, as })],
      [3, fc.record({ do: fc.constant('commit in transaction'), m, as })],
      [1, fc.constant({ do: 'read offset' })],
    ] as const
  ).map(([weight, arbitrary]) => ({ weight, arbitrary: arbitrary as fc.Arbitrary<GroupStep> })),
);

const together: GroupStep[] = [{ do: 'join again' }, { do: 'sync' }];

/** Steps in any order, and now and then what brings the group together. */
export const groupScript: fc.Arbitrary<GroupStep[]> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: step.map((one) => [one]) },
      { weight: 1, arbitrary: m.map((n): GroupStep[] => [{ do: 'join', m: n }, ...together]) },
    ),
    { minLength: 4, maxLength: 20 },
  )
  .map((parts) => [...parts.flat(), ...together, { do: 'read offset' }]);
