import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { healthRoutes } from '../../../app/health/routes.ts';
import { Workers } from '../../../app/health/workers.ts';
import { metricsRoute } from '../../../app/metrics/metrics-route.ts';
import { messageOf, wardRules } from '../../../app/start/ward-feed.ts';
import { ward } from '../../../app/ward/ward.ts';
import { startHttpServer } from '../../../connectors/http/server.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import type { OutgoingRecord } from '../../../topology/model/record.ts';
import { START } from '../ward/wards.ts';
import { type Family, readExposition, valueOf } from './exposition.ts';
import { INPUTS, MeteredCluster } from './metered-cluster.ts';

const WARD = { seed: 1, patients: 12, hours: 8, start: START };
const SLOTS = ['slot-0', 'slot-1'];
/** Stands in every place of a resource that somebody could repeat; no figure of a page contains it. */
const PHI = 'Canary-Smith';

const text = new TextEncoder();

const planted = (resource: object | string, key = `Patient/${PHI}`): OutgoingRecord => ({
  key: text.encode(key),
  value: text.encode(typeof resource === 'string' ? resource : JSON.stringify(resource)),
  timestamp: Date.now(),
});

const observation = (own: object): object => ({
  resourceType: 'Observation',
  id: PHI,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '9279-1', display: PHI }], text: PHI },
  subject: { reference: `Patient/${PHI}`, display: PHI },
  effectiveDateTime: new Date().toISOString(),
  valueQuantity: { value: 30, unit: '/min', code: '/min', system: 'http://unitsofmeasure.org' },
  note: [{ text: PHI }],
  ...own,
});

const PLANTED: readonly OutgoingRecord[] = [
  observation({}),
  observation({ id: `${PHI}-2`, status: PHI }),
  observation({ code: { text: PHI } }),
  observation({ code: { coding: [{ system: 'http://loinc.org', code: PHI }] } }),
  observation({ subject: { identifier: { system: PHI, value: PHI } } }),
  observation({ subject: { reference: `Group/${PHI}` } }),
  observation({ subject: undefined }),
  observation({ effectiveDateTime: PHI }),
  observation({ effectiveDateTime: '2999-01-01T00:00:00Z' }),
  observation({ effectiveDateTime: '2001-01-01T00:00:00Z' }),
  observation({ valueQuantity: { value: 30, unit: PHI, code: PHI } }),
  observation({ valueQuantity: { value: PHI, unit: '/min', code: '/min' } }),
  { resourceType: PHI, id: PHI },
  `${PHI} is no JSON`,
  `{"resourceType":"Observation","id":"${PHI}`,
].map((resource) => planted(resource));

const byLabels = (family: Family | undefined, ...labels: string[]): Record<string, number> =>
  Object.fromEntries(
    (family?.samples ?? []).map((sample) => [
      labels.map((label) => sample.labels[label]).join(' '),
      sample.value,
    ]),
  );

describe('a scrape of two workers that screened a ward', () => {
  let cluster: MeteredCluster;
  let page: string;
  let families: ReadonlyMap<string, Family>;
  let ready: string;
  let produced: Record<string, number>;

  beforeAll(async () => {
    cluster = await MeteredCluster.of(wardRules(WARD));
    const [first] = SLOTS.map((slot) => cluster.start(slot));
    const records = Map.groupBy(ward(WARD), ({ topic }) => topic);
    for (const [topic, of] of records)
      cluster.produce(
        topic,
        of.map((record) => ({ ...messageOf(record), timestamp: Date.now() })),
      );
    cluster.produce(TOPIC.vitals, PLANTED);
    await cluster.drained();
    // Its last commit is told after it stands in the log.
    const workers = new Workers(SLOTS, systemClock);
    const server = await startHttpServer({
      host: '127.0.0.1',
      port: 0,
      routes: [...healthRoutes(workers), metricsRoute(workers, undefined)],
    });
    const asked = async (path: string): Promise<string> =>
      (await fetch(`http://127.0.0.1:${server.port}${path}`)).text();
    const input = INPUTS.reduce((sum, topic) => sum + cluster.log(topic).length, 0);
    do {
      for (const report of await cluster.reports()) workers.heard(report);
      page = await asked('/metrics');
      families = readExposition(page);
    } while (valueOf(families, 'sepsis_committed_records_total') < input);
    ready = await asked('/readyz');
    await server.close();
    produced = Object.fromEntries(
      [TOPIC.clinicalEvents, TOPIC.alerts, TOPIC.audit, TOPIC.deadLetters].map((topic) => [
        topic,
        cluster.log(topic).length,
      ]),
    );
    expect(first?.live).toBe(true);
  });

  afterAll(() => cluster.stop());

  test('is in the format of Prometheus', () => {
    expect([...families.keys()].filter((name) => name.startsWith('sepsis_')).length).toBeGreaterThan(20);
    expect([...families.keys()]).toEqual(
      expect.arrayContaining(['process_cpu_seconds_total', 'nodejs_eventloop_lag_seconds']),
    );
  });

  test('counts what was processed, and what was written: as many as the logs hold', () => {
    const inputs = Object.fromEntries(INPUTS.map((topic) => [topic, cluster.log(topic).length]));
    expect(inputs[TOPIC.vitals]).toBeGreaterThan(1_000);
    expect(byLabels(families.get('sepsis_process_records_total'), 'topic')).toEqual(inputs);
    expect(byLabels(families.get('sepsis_produced_records_total'), 'topic')).toEqual(produced);
    expect(produced[TOPIC.alerts]).toBeGreaterThan(0);
    const committed = valueOf(families, 'sepsis_committed_records_total');
    expect(committed).toBe(Object.values(inputs).reduce((sum, n) => sum + n, 0));
  });

  test('counts each dead letter under its step and its reason', () => {
    const counted = byLabels(families.get('sepsis_dead_letter_records_total'), 'step', 'reason');
    expect(counted).toEqual(cluster.deadLetters());
    expect(Object.keys(counted)).toEqual(
      expect.arrayContaining([
        'decode-fhir not-json',
        'clinical-events unknown-unit',
        'clinical-events future-time',
      ]),
    );
  });

  test('counts what was ignored by its reason, and no reason is lost', () => {
    const ignored = byLabels(families.get('sepsis_ignored_records_total'), 'step', 'reason');
    // Three of the planted ones have a status or a code of no value set; the ward has others.
    expect(ignored['clinical-events code']).toBeGreaterThanOrEqual(2);
    expect(ignored['clinical-events status-invalid']).toBe(1);
    expect(Object.keys(ignored).filter((label) => label.endsWith(' other'))).toEqual([]);
  });

  test('observes each commit once, and how long its records waited', () => {
    const commits = valueOf(families, 'sepsis_commit_latency_seconds_count');
    expect(commits).toBeGreaterThan(0);
    for (const topic of [TOPIC.vitals, TOPIC.clinicalEvents]) {
      const waited = valueOf(families, 'sepsis_record_e2e_latency_seconds_count', { topic });
      expect(waited).toBeGreaterThan(0);
      expect(waited).toBeLessThanOrEqual(commits);
      // These records are older than their commit, and younger than this test.
      const sum = valueOf(families, 'sepsis_record_e2e_latency_seconds_sum', { topic });
      expect(sum).toBeGreaterThan(0);
      expect(sum / waited).toBeLessThan(180);
    }
  });

  test('has the gauges of each worker, together those of all', () => {
    const slots = (name: string): Record<string, number> => byLabels(families.get(name), 'slot');
    expect(slots('sepsis_worker_live')).toEqual({ 'slot-0': 1, 'slot-1': 1 });
    const tasks = slots('sepsis_owned_tasks');
    // Two sub-topologies of three partitions.
    expect((tasks['slot-0'] ?? 0) + (tasks['slot-1'] ?? 0)).toBe(6);
    const patients = families
      .get('sepsis_store_keys')
      ?.samples.filter(({ labels }) => labels['store'] === 'patients');
    expect(patients?.reduce((sum, { value }) => sum + value, 0)).toBeGreaterThanOrEqual(WARD.patients);
    for (const at of Object.values(slots('sepsis_last_commit_timestamp_seconds')))
      expect(Math.abs(at - Date.now() / 1_000)).toBeLessThan(600);
  });

  test('says nothing of any patient', () => {
    // What was planted did arrive.
    const arrived = cluster
      .log(TOPIC.deadLetters)
      .map(({ value }) => new TextDecoder().decode(value ?? undefined));
    expect(arrived.filter((value) => value.includes(PHI)).length).toBeGreaterThan(5);
    for (const told of [page, ready]) expect(told).not.toMatch(/canary|smith/i);
    expect(JSON.parse(ready)).toEqual({
      status: 'ok',
      checks: [
        { check: 'worker slot-0', ok: true },
        { check: 'worker slot-1', ok: true },
      ],
    });
  });
});
