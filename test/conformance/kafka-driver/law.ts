import { milliseconds } from '../../../topology/model/time.ts';
import type { Faults, KafkaUnderTest, WriteRequest } from './under-test.ts';

/** What a law needs of a driver, or of what can be done to its processes. */
export type Need =
  | 'transactions'
  | 'fencing by generation'
  | 'stable offsets'
  | 'static membership'
  | WriteRequest
  | keyof Faults;

/** One rule that every driver keeps. It is checked on a cluster of its own, or on names of its own. */
export interface Law {
  readonly rule: string;
  readonly needs: readonly Need[];
  /** Rejects when the rule is broken. */
  readonly check: (under: KafkaUnderTest) => Promise<void>;
}

export const law = (rule: string, needs: readonly Need[], check: Law['check']): Law => ({
  rule,
  needs,
  check,
});

const CAPABILITIES: Partial<Record<Need, (under: KafkaUnderTest) => boolean>> = {
  transactions: (under) => under.driver().capabilities.transactions,
  'fencing by generation': (under) => under.driver().capabilities.fencing === 'generation',
  'stable offsets': (under) => under.driver().capabilities.stableOffsets,
  'static membership': (under) => under.driver().capabilities.staticMembership,
};

const FAULTS: Readonly<Record<keyof Faults, string>> = {
  lose: 'requests and answers cannot be lost',
  holdFetch: 'the answer to a fetch cannot be held back',
  kill: 'processes cannot be killed',
  freeze: 'processes cannot be frozen',
  timeouts: 'nobody is taken for dead',
};

/** What is asked for while a transaction is written, in its order. */
export const WRITE_REQUESTS: readonly WriteRequest[] = [
  'init-producer-id',
  'add-partitions',
  'produce',
  'add-offsets',
  'txn-offset-commit',
  'end-txn',
];

const isRequest = (need: Need): need is WriteRequest => WRITE_REQUESTS.some((request) => request === need);
const isFault = (need: Need): need is keyof Faults => need in FAULTS;

/** Why the law is not checked on this implementation; undefined when it is. */
export function whyNot({ needs }: Law, under: KafkaUnderTest): string | undefined {
  for (const need of needs) {
    if (isFault(need)) {
      if (under.faults[need] === undefined) return `${under.driver().name}: ${FAULTS[need]} here`;
    } else if (isRequest(need)) {
      if (under.unasked?.includes(need) === true)
        return `${under.driver().name}: no ${need} is asked for here`;
    } else if (CAPABILITIES[need]?.(under) !== true) return `${under.driver().name}: it has no ${need}`;
  }
  return undefined;
}

/** The fault that the law has named among its needs. */
export function fault<F extends keyof Faults>(under: KafkaUnderTest, name: F): NonNullable<Faults[F]> {
  const given = under.faults[name];
  if (given === undefined) throw new Error(`The law does not say that it needs ${name}.`);
  return given;
}

/** Looks until there is something, and gives it. @throws Error when nothing came within the patience. */
export async function eventually<T>(
  { patience }: KafkaUnderTest,
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const until = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`This never came: ${what}.`);
    await pause();
  }
}

/** The work's outcome. @throws Error when it takes longer than the patience. */
export async function within<T>({ patience }: KafkaUnderTest, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`This took too long: ${what}.`)), patience);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Time for several heartbeats. It proves no absence: what must not come is caught when it comes in it. */
export const moments = ({ clock, sessionTimeout }: KafkaUnderTest): Promise<void> =>
  clock.sleep(milliseconds(sessionTimeout / 3));

const pause = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 2));
