import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BenchCluster } from './cluster.ts';
import { endsWithUs } from './ends-with-us.ts';

const OPEN_LOOP = fileURLToPath(new URL('./open-loop.ts', import.meta.url));

export interface FeedOptions {
  /** Records per second. */
  readonly rate: number;
  /** One record in so many changes an alert. */
  readonly every: number;
}

/** A feed in a process of its own; resolve what it gives to end it. */
export function startFeed(cluster: BenchCluster, { rate, every }: FeedOptions): () => Promise<void> {
  const feed = spawn(process.execPath, [OPEN_LOOP, String(rate), String(every)], {
    env: { ...process.env, ...cluster.variables },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  endsWithUs(feed);
  const exit = once(feed, 'exit');
  let ended = false;
  void exit.then(([code]) => {
    if (!ended) process.stderr.write(`bench: the feed ended with ${String(code)}\n`);
  });
  return async () => {
    ended = true;
    feed.kill('SIGTERM');
    await exit;
  };
}
