import { expect, test } from 'vitest';
import { memorySchemaRegistry } from '../../connectors/memory/schema-registry.ts';
import { USUAL } from '../../connectors/memory/simulation/faults.ts';
import type { ScreeningRules } from '../../operators/screening-rules.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import { headerText } from '../../topology/model/record.ts';
import { unlimited } from '../../topology/model/time.ts';
import { sepsis } from '../../topology/sepsis.ts';
import { DEAD_LETTERS } from '../../topology/testing/simulation/cluster.ts';
import { FAULT_POINTS, type FaultPoint } from '../../topology/testing/simulation/coverage.ts';
import { type SimulationReport, simulate } from '../../topology/testing/simulation/simulate.ts';
import { alertsDiffer, deadLettersDiffer } from './against.ts';
import { all } from './comparison.ts';
import { mimic, mimicRules } from './mimic.ts';
import { mimicResults } from './mimic-results.ts';
import { inOrder } from './orders.ts';
import { type FedRecord, outgoing, type Run } from './screening-run.ts';
import { needs } from './shared-files.ts';
import { pidOf, STREAMS, synthetic } from './synthetic.ts';

/** A recording through three workers that crash, freeze and lose answers; the judge looks after every step. */
async function simulated(
  records: readonly FedRecord[],
  rules: ScreeningRules,
  seed: number,
  pollRecords: number,
  boldness = 1,
): Promise<Pick<Run, 'alerts' | 'deadLetters'> & { readonly report: SimulationReport }> {
  const registry = memorySchemaRegistry();
  for (const { subject, schema } of Object.values(SUBJECTS)) await registry.register(subject, schema);
  const codecs = await bindCodecs(registry);
  const input = records.map((record) => ({ topic: record.topic, ...outgoing(record) }));
  const report = await simulate(sepsis(topicsOf(codecs), rules), input, {
    seed,
    faults: { ...USUAL, of: (request, doing) => boldness * USUAL.of(request, doing) },
    limits: { pollRecords, snapshotRecords: 10 * pollRecords },
  });
  return {
    report,
    alerts: report
      .records(TOPIC.alerts)
      .flatMap(({ value }) => (value === null ? [] : [codecs.sepsisAlert.decode(value)])),
    deadLetters: report.records(DEAD_LETTERS).map(({ headers }) => {
      const offset = headerText(headers, 'recorded-offset');
      return {
        reason: headerText(headers, '__streams.errors.reason') ?? '',
        offset: offset === undefined ? undefined : Number(offset),
      };
    }),
  };
}

/** Seeds until every named point was hit, and what each of them gave. */
async function untilAllHit(once: (seed: number) => Promise<SimulationReport>): Promise<number> {
  const missing = new Set<FaultPoint>(FAULT_POINTS);
  let seed = 1;
  for (; missing.size > 0 && seed < 100; seed++) {
    const { coverage } = await once(seed);
    for (const [point, hits] of coverage) if (hits > 0) missing.delete(point);
  }
  expect([...missing], 'points that no fault hit').toEqual([]);
  return seed - 1;
}

test.for(STREAMS)(
  'recorded stream %s, shuffled, under faults at every point: everything is as the oracle says',
  async (name, context) => {
    needs(context, 'oracle/synthetic', name);
    const { records, deadLetters, rules, any } = synthetic(name);
    await untilAllHit(async (seed) => {
      const done = await simulated(
        inOrder(records, 'shuffled', seed),
        rules({ lateness: unlimited }),
        seed,
        Math.ceil(records.length / 60),
      );
      expect(all(alertsDiffer(done, pidOf, any), deadLettersDiffer(done, deadLetters))).toBe('');
      return done.report;
    });
  },
);

test('MIMIC-III demo, shuffled, under faults: the episodes and fires of the oracle', async (context) => {
  needs(context, 'data/mimic-iii-demo');
  needs(context, 'oracle/mimic-iii-demo');
  const { records, pidOf: patientOf } = mimic();
  const done = await simulated(
    inOrder(records, 'shuffled', 7),
    mimicRules({ lateness: unlimited }),
    7,
    Math.ceil(records.length / 100),
    6,
  );
  expect(alertsDiffer(done, patientOf, mimicResults().any)).toBe('');
  expect(done.deadLetters).toEqual([]);
  expect(done.report.faults.length).toBeGreaterThan(10);
});
