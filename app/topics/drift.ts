import type { Layout } from './topic-settings.ts';

/** A way in which a topic is not what it should be. */
export interface Drift {
  readonly topic: string;
  /** Alerts may be lost, doubled or wrong; without it something else is worse than planned. */
  readonly breaks: boolean;
  readonly what: string;
  /** What an administrator does, a command where there is one. */
  readonly mend: string;
}

/** `partitions` undefined: any number will do. */
export interface Wanted extends Pick<Layout, 'replication'> {
  readonly partitions: number | undefined;
}
