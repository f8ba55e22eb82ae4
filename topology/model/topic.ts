import type { Codec } from './codec.ts';
import type { Duration } from './time.ts';

/** A topic of the catalogue: its name is its identity, its codec fixes the shape of its values. */
export interface Topic<V> {
  readonly name: string;
  readonly value: Codec<V>;
  /** `internal` topics belong to this topology alone; the rest is a contract with others. */
  readonly internal: boolean;
  /** How long the log must be kept, when the engine depends on it. */
  readonly retention?: Duration;
}

/** Declares a topic. */
export function topic<V>(
  name: string,
  value: Codec<V>,
  options: Partial<Pick<Topic<V>, 'internal' | 'retention'>> = {},
): Topic<V> {
  return Object.freeze({ name, value, internal: false, ...options });
}
