import { inMemoryCluster } from '../../app/cluster/in-memory-cluster.ts';
import { ManualClock, systemClock } from '../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { screeningRules } from '../../operators/screening-rules.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { TOPIC } from '../../schemas/topics.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { BenchCluster } from './cluster.ts';
import { EpisodeFold, type Outcome } from './episode-fold.ts';
import { type LoadOptions, observations } from './load.ts';

const ROUND = 20_000;

/** What the same records give on the in-memory Kafka. */
export async function expectedOutcome(load: LoadOptions): Promise<Outcome> {
  const cluster = await inMemoryCluster({
    rules: screeningRules({}),
    clock: new ManualClock(0),
    partitions: 4,
    instances: 1,
    ticks: false,
  });
  cluster.start();
  const fold = new EpisodeFold(cluster.codecs.sepsisAlert);
  let round: OutgoingRecord[] = [];
  const run = async (): Promise<void> => {
    cluster.produce(TOPIC.vitals, round);
    round = [];
    await cluster.drained();
    for (const { value } of cluster.unread(TOPIC.alerts)) fold.alert(value);
    for (const _letter of cluster.unread(TOPIC.deadLetters)) fold.deadLetters++;
    for (const _event of cluster.unread(TOPIC.audit));
    cluster.truncate();
  };
  for (const record of observations(load)) {
    round.push(record);
    if (round.length === ROUND) await run();
  }
  await run();
  await cluster.stop();
  return fold.outcome;
}

/** What stands in the topics of the real cluster. */
export async function foundOutcome(cluster: BenchCluster): Promise<Outcome> {
  const url = cluster.variables['SCHEMA_REGISTRY_URL'] ?? '';
  const codecs = await bindCodecs(schemaRegistry({ url, clock: systemClock }));
  const fold = new EpisodeFold(codecs.sepsisAlert);
  for (const topic of [TOPIC.alerts, TOPIC.deadLetters]) {
    for (const [partition, { start, end }] of (await cluster.spans(topic)).entries()) {
      await cluster.driver.read({ topic, partition }, start, end, ({ records }) => {
        for (const { value } of records) {
          if (topic === TOPIC.alerts) fold.alert(value);
          else fold.deadLetters++;
        }
      });
    }
  }
  return fold.outcome;
}
