import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Instant, instant } from '../../../topology/model/time.ts';
import { TaskStore } from '../../../topology/runtime/task-store.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const state = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null });
const due = fc.option(fc.integer({ min: 0, max: 9 }).map(instant), { nil: undefined });

const action = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('put' as const), key, state, due }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('put-and-undo' as const), key, other: key, state, due }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('promote' as const, 'discard' as const, 'save' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
);

interface Model {
  readonly states: Map<string, Uint8Array>;
  readonly dues: Map<string, Instant>;
}

const copyOf = ({ states, dues }: Model): Model => ({ states: new Map(states), dues: new Map(dues) });

function put(
  store: TaskStore,
  model: Model,
  at: string,
  bytes: Uint8Array | null,
  when: Instant | undefined,
): void {
  store.put(at, bytes);
  store.setDue(at, bytes === null ? undefined : when);
  if (bytes === null) model.states.delete(at);
  else model.states.set(at, bytes);
  if (bytes === null || when === undefined) model.dues.delete(at);
  else model.dues.set(at, when);
}

function expectSame(store: TaskStore, { states, dues }: Model): void {
  for (const at of ['a', 'b', 'c', 'd', 'e']) {
    const bytes = store.get(at);
    expect(bytes === undefined ? undefined : [...bytes]).toEqual(
      states.has(at) ? [...(states.get(at) ?? [])] : undefined,
    );
    expect(store.due(at)).toBe(dues.get(at));
  }
  for (const tick of [0, 4, 9].map(instant)) {
    const waiting = [...dues].filter(([, when]) => when <= tick).map(([at]) => at);
    expect(store.keysDue(tick)).toEqual(waiting.toSorted());
  }
}

/** A store that never had an overlay: what the hash must be. */
function hashOf({ states }: Model): string {
  const fresh = new TaskStore('s', false);
  for (const [at, bytes] of states) fresh.put(at, bytes);
  fresh.promote();
  return fresh.hash;
}

describe('task store', () => {
  test("is a map whose changes stand after promote, are gone after discard and, one record's, after rollback", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const store = new TaskStore('s', true);
        let now: Model = { states: new Map(), dues: new Map() };
        let base = copyOf(now);
        const saved = new Map<string, Uint8Array>();
        for (const one of actions) {
          store.begin();
          switch (one.kind) {
            case 'put':
              put(store, now, one.key, one.state, one.due);
              break;
            case 'put-and-undo':
              put(store, copyOf(now), one.key, one.state, one.due);
              // Asked for in between, the hash must not be remembered.
              expect(store.hash).toHaveLength(16);
              put(store, copyOf(now), one.other, one.state, one.due);
              store.rollback();
              break;
            case 'promote':
              store.promote();
              base = copyOf(now);
              break;
            case 'discard':
              store.discard();
              now = copyOf(base);
              break;
            case 'clear':
              store.clear();
              now = { states: new Map(), dues: new Map() };
              base = copyOf(now);
              break;
            case 'save':
              for (const [at, bytes] of store.unsaved()) {
                if (bytes === null) saved.delete(at);
                else saved.set(at, Uint8Array.from(bytes));
              }
              expect(hashOf({ states: saved, dues: new Map() })).toBe(hashOf(base));
              break;
          }
          expectSame(store, now);
          expect(store.hash).toBe(hashOf(now));
          const committed = new Map([...store.entries()].map(([at, bytes]) => [at, [...bytes]]));
          expect(committed).toEqual(new Map([...base.states].map(([at, bytes]) => [at, [...bytes]])));
        }
        const hash = store.hash;
        store.promote();
        expect(store.hash).toBe(hash);
        expect(store.size).toBe(now.states.size);
      }),
      { numRuns: 300 },
    );
  });

  test('copies what is put: a step may write the next state into the same bytes', () => {
    const store = new TaskStore('s', false);
    const scratch = Buffer.from('first');
    store.put('a', scratch);
    scratch.write('other');
    expect(String(store.get('a'))).toBe('first');
    store.promote();
    expect(String(store.get('a'))).toBe('first');
  });

  test('a record that changes a key twice is taken back whole', () => {
    const store = new TaskStore('s', false);
    store.put('a', Buffer.from('committed'));
    store.promote();
    store.put('a', Buffer.from('first record'));
    store.begin();
    store.put('a', Buffer.from('once'));
    store.put('a', null);
    store.put('a', Buffer.from('twice'));
    store.rollback();
    expect(String(store.get('a'))).toBe('first record');
    store.discard();
    expect(String(store.get('a'))).toBe('committed');
  });

  test('a view of a state stays good through the record that replaces it', () => {
    const store = new TaskStore('s', false);
    store.put('a', Buffer.from('before'));
    store.begin();
    const before = store.get('a');
    store.put('a', Buffer.from('after!'));
    store.put('b', Buffer.from('others'));
    expect(String(before)).toBe('before');
  });

  test('holds more than its first overlay buffer, and one state larger than it', () => {
    const store = new TaskStore('s', false);
    const states = Array.from({ length: 40 }, (_, i) => Buffer.alloc(i === 20 ? 1 << 20 : 20_000, i));
    states.forEach((bytes, i) => store.put(`k${i}`, bytes));
    states.forEach((bytes, i) =>
      expect(Buffer.compare(store.get(`k${i}`) ?? Buffer.alloc(0), bytes)).toBe(0),
    );
    store.promote();
    states.forEach((bytes, i) =>
      expect(Buffer.compare(store.get(`k${i}`) ?? Buffer.alloc(0), bytes)).toBe(0),
    );
  });

  test('tells each committed change once to who saves it, a removal as null', () => {
    const store = new TaskStore('s', true);
    store.put('a', Buffer.from('1'));
    expect([...store.unsaved()]).toEqual([]);
    store.promote();
    expect([...store.unsaved()].map(([at, bytes]) => [at, String(bytes)])).toEqual([['a', '1']]);
    expect([...store.unsaved()]).toEqual([]);
    store.put('a', null);
    store.promote();
    expect([...store.unsaved()]).toEqual([['a', null]]);
  });

  test('keeps no account of changes when nobody takes snapshots', () => {
    const store = new TaskStore('s', false);
    store.put('a', Buffer.from('1'));
    store.promote();
    expect([...store.unsaved()]).toEqual([]);
  });
});
