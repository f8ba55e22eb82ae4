import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Figure } from '../measure.ts';
import { figureTable, intoReadme } from '../table.ts';
import { SYSTEMS } from './allocator.ts';
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

/** A file of `bench/results/`. */
export interface Kept {
  readonly machine: string;
  /** Of the bench and all that it starts: with others at work, a real-time class keeps their turns out of the figures. */
  readonly scheduling: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Of the workers; what was kept before there was a choice ran under the system's. */
  readonly allocator?: string;
  readonly options: Partial<RealOptions>;
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
    allocator: cluster.allocator.name,
    options,
    results,
  };
  const name = `${new Date().toISOString().slice(0, 16).replace(':', '')}-real.json`;
  writeFileSync(new URL(name, RESULTS), `${JSON.stringify(kept, null, 1)}\n`);
  intoReadme('real', newest());
}

/** Against another checkout, or without what the image has: not what the project does. */
export const isComparison = ({ options }: Pick<Kept, 'options'>): boolean =>
  options.against !== undefined || options.allocator === 'system';

/** On what it was measured, and when; part of the line above the table. */
export function conditions(
  { machine, scheduling: policy, versions, allocator = SYSTEMS.name }: Omit<Kept, 'options' | 'results'>,
  taken: string,
): string {
  const { node, kafka, redis } = versions;
  return `${taken.slice(0, 10)}, ${machine}, Node ${node}, Kafka ${kafka}, Redis ${redis}, allocator ${allocator}, scheduling ${policy}`;
}

/** The newest figures of every scenario: a run of one leaves those of the others. */
function newest(): string {
  const byTitle = new Map<string, { readonly result: RealResult; readonly kept: Kept }>();
  for (const name of readdirSync(RESULTS).sort()) {
    if (!name.endsWith('-real.json')) continue;
    const kept = JSON.parse(readFileSync(new URL(name, RESULTS), 'utf8')) as Kept;
    if (isComparison(kept)) continue;
    for (const result of kept.results) byTitle.set(result.title, { result, kept });
  }
  const all = [...byTitle.values()];
  const about = new Set(all.map(({ result, kept }) => conditions(kept, result.taken)));
  const loads = all.map(({ result: { load } }) => load);
  const load = `load average ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} when a scenario began`;
  return [`${[...about].join('; ')}; ${load}`, '', figureTable(all.map(({ result }) => result))].join('\n');
}
