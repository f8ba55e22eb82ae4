import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Figure } from '../measure.ts';
import { figureTable, intoReadme } from '../table.ts';
import type { BenchCluster } from './cluster.ts';
import type { RealOptions } from './options.ts';
import { scheduling } from './process-figures.ts';

/** What one scenario measured. */
export interface RealResult {
  readonly title: string;
  readonly taken: string;
  /** One-minute load average when it began: others may work on the machine. */
  readonly load: number;
  readonly figures: readonly Figure[];
}

interface Kept {
  readonly machine: string;
  /** Of the bench and all that it starts: with others at work, a real-time class keeps their turns out of the figures. */
  readonly scheduling: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly options: RealOptions;
  readonly results: readonly RealResult[];
}

const RESULTS = new URL('../results/', import.meta.url);
const POM = new URL('../../docker/stack/kafka/pom.xml', import.meta.url);

export const tableOf = (results: readonly RealResult[]): string => figureTable(results);

/** Keeps the raw figures in a file of their own, and writes the newest of every scenario to the README. */
export async function keepResults(
  results: readonly RealResult[],
  options: RealOptions,
  cluster: BenchCluster,
): Promise<void> {
  const kept: Kept = {
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    scheduling: scheduling(),
    versions: {
      node: process.versions.node,
      kafka: /<kafka\.version>(.*)<\/kafka\.version>/.exec(readFileSync(POM, 'utf8'))?.[1] ?? 'unknown',
      redis: /redis_version:(\S+)/.exec(await cluster.redis('INFO server'))?.[1] ?? 'unknown',
    },
    options,
    results,
  };
  const name = `${new Date().toISOString().slice(0, 16).replace(':', '')}-real.json`;
  writeFileSync(new URL(name, RESULTS), `${JSON.stringify(kept, null, 1)}\n`);
  intoReadme('real', newest());
}

/** The newest figures of every scenario: a run of one leaves those of the others. */
function newest(): string {
  const byTitle = new Map<string, { readonly result: RealResult; readonly kept: Kept }>();
  for (const name of readdirSync(RESULTS).sort()) {
    if (!name.endsWith('-real.json')) continue;
    const kept = JSON.parse(readFileSync(new URL(name, RESULTS), 'utf8')) as Kept;
    // Against another checkout: a comparison, and not what the project does.
    if (kept.options.against !== undefined) continue;
    for (const result of kept.results) byTitle.set(result.title, { result, kept });
  }
  const all = [...byTitle.values()];
  const about = new Set(
    all.map(({ result, kept: { machine, scheduling: policy, versions } }) => {
      const { node, kafka, redis } = versions;
      return `${result.taken.slice(0, 10)}, ${machine}, Node ${node}, Kafka ${kafka}, Redis ${redis}, scheduling ${policy}`;
    }),
  );
  const loads = all.map(({ result: { load } }) => load);
  const load = `load average ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} when a scenario began`;
  return [`${[...about].join('; ')}; ${load}`, '', figureTable(all.map(({ result }) => result))].join('\n');
}
