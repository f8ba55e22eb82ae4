import type { GivenEvent } from './event-rules.ts';

/** What goes wrong with a request. */
export type Fault =
  /** An answer in place of PagerDuty's; the event is not taken. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection is reset when the body has come; `taken`: PagerDuty has the event all the same. */
  | { readonly kind: 'reset'; readonly taken: boolean }
  /** Nothing is ever answered: a half-open connection. */
  | { readonly kind: 'silence'; readonly taken: boolean }
  /** 202 comes, and the rest of the body never. */
  | { readonly kind: 'slow-body' };

/** Asked for each request, in the order in which they come; undefined: nothing goes wrong. */
export type Faults = (request: {
  readonly number: number;
  readonly event: GivenEvent | undefined;
}) => Fault | undefined;
