import { loadavg } from 'node:os';
import { StreamsError } from '../../topology/model/errors.ts';
import { allocatorOf } from './allocator.ts';
import { BenchCluster } from './cluster.ts';
import { drain } from './drain.ts';
import { HERE } from './here.ts';
import { latency } from './latency.ts';
import { REAL_HELP, realOptions, titleOf } from './options.ts';
import { packedCommand } from './packed.ts';
import { pageLatency } from './page-latency.ts';
import { peer } from './peer.ts';
import { poison } from './poison.ts';
import { command } from './product.ts';
import { profile } from './profile.ts';
import { recovery } from './recovery.ts';
import { restart } from './restart.ts';
import { keepResults, type RealResult, tableOf } from './results.ts';
import type { Scenario } from './scenario.ts';
import { startServers } from './servers.ts';

const MEASURED: readonly Scenario[] = [drain, latency, pageLatency, restart, recovery, poison];
/** These are run only when they are named, and the profile is kept nowhere. */
const SCENARIOS: readonly Scenario[] = [...MEASURED, peer, profile];

/** `npm run bench -- real`: runs scenarios on real servers, and gives what they measured. */
export async function real(args: readonly string[]): Promise<void> {
  const options = realOptions(args);
  const { scenarios: names } = options;
  for (const name of names)
    if (!SCENARIOS.some((scenario) => scenario.name === name))
      throw new StreamsError('usage', `No scenario ${name}.\n${REAL_HELP}`);
  const chosen = names.length === 0 ? MEASURED : SCENARIOS.filter(({ name }) => names.includes(name));
  const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`);
  const allocator = await allocatorOf(options.allocator, say);
  say('building the package');
  for (const checkout of [HERE, options.against ?? HERE]) packedCommand(checkout);
  const servers = await startServers(options.data, say);
  const end = (): void => {
    void servers.end().finally(() => process.exit(5));
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    const { variables } = servers;
    await command(
      variables,
      'topics',
      'create',
      '--partitions',
      `${options.partitions}`,
      '--replication',
      '1',
    );
    await command(variables, 'schemas', 'register');
    const cluster = new BenchCluster(variables, allocator);
    const results: RealResult[] = [];
    try {
      for (const scenario of chosen) {
        const [load = 0] = loadavg();
        const figures = await scenario.run({ cluster, options, say });
        results.push({ title: titleOf(scenario, options), taken: new Date().toISOString(), load, figures });
      }
    } finally {
      // What was measured before one failed is kept.
      process.stdout.write(`${tableOf(results)}\n`);
      const kept = results.filter(({ title }) => !title.startsWith(profile.title));
      if (!options.trial && kept.length > 0) await keepResults(kept, options, cluster);
      await cluster.driver.close();
    }
  } finally {
    await servers.end();
  }
}
