import { main } from '../../../app/commands/main.ts';
import { Kept } from '../replay/replay-run.ts';

export interface TopicsRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `topics` in this process. */
export async function topics(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<TopicsRun> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const code = await main(['topics', ...args], { stdout, stderr, environment });
  return { code, out: stdout.text, err: stderr.text };
}

/** The arguments of a line for one of Kafka's tools, behind those that say which cluster. */
export function toolArguments(line: string): string[] {
  const words = line
    .replace(/^\S+ --bootstrap-server "\$KAFKA_BOOTSTRAP_SERVERS"(?: --command-config \S+)? /, '')
    .match(/'[^']*'|\S+/g);
  return (words ?? []).map((word) => word.replaceAll("'", ''));
}
