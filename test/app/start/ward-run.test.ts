import { beforeAll, describe, expect, test } from 'vitest';
import type { PageView } from '../../../app/console/ward-view.ts';
import { standingOf } from '../../../app/start/standing.ts';
import { WardRun } from '../../../app/start/ward-run.ts';
import { wardViewOf } from '../../../app/start/ward-view-of.ts';
import { stores } from '../../../operators/stores.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { TOPIC } from '../../../schemas/topics.ts';

const MINUTE = 60_000;

interface Ended {
  readonly run: WardRun;
  readonly pages: readonly PageView[];
  /** The alerts topic as it was written, each partition in order. */
  readonly alerts: readonly SepsisAlert[];
}

const partitionsOf = (run: WardRun, topic: string): number[] =>
  Array.from({ length: run.cluster.broker.partitions(topic) ?? 0 }, (_, partition) => partition);

async function ward(
  options: { patients: number; hours: number; truncateEvery?: number },
  each?: (run: WardRun) => void,
): Promise<Ended> {
  const pages: PageView[] = [];
  const run = await WardRun.begin({ seed: 1, ...options, onPage: (page) => pages.push(page) });
  while (!run.over) {
    await run.moveTo(run.now + MINUTE);
    each?.(run);
  }
  const alerts = partitionsOf(run, TOPIC.alerts).flatMap((partition) => {
    const log = run.cluster.broker.log({ topic: TOPIC.alerts, partition });
    return log
      .read(log.start, 1e6, 1e9, { committed: true })
      .records.flatMap(({ value }) => (value === null ? [] : [run.cluster.codecs.sepsisAlert.decode(value)]));
  });
  return { run, pages, alerts };
}

describe('a whole ward', () => {
  let ended: Ended;
  let byAlert: ReadonlyMap<string, readonly SepsisAlert[]>;
  beforeAll(async () => {
    ended = await ward({ patients: 24, hours: 12, truncateEvery: Number.POSITIVE_INFINITY });
    byAlert = Map.groupBy(ended.alerts, ({ alertId }) => alertId);
    await ended.run.stop();
  });

  const pagesOf = (id: string, ...statuses: PageView['status'][]): PageView[] =>
    ended.pages.filter(({ alertId, status }) => alertId === id && statuses.includes(status));

  test('shows every kind of change', () => {
    const kinds = new Set(ended.alerts.map(({ status }) => status));
    expect(kinds).toEqual(new Set(['RAISED', 'ESCALATED', 'UPDATED', 'RESOLVED', 'RETRACTED']));
  });

  test('pages every alert once for its onset, and once for each level that it rose to', () => {
    for (const [id, records] of byAlert) {
      expect(pagesOf(id, 'raised')).toHaveLength(1);
      const onset = records[0]?.peak ?? 0;
      const risen = new Set(records.filter(({ status }) => status === 'ESCALATED').map(({ peak }) => peak));
      expect(pagesOf(id, 'escalated')).toHaveLength([...risen].filter((peak) => peak > onset).length);
    }
    const alerts = new Set(ended.pages.map(({ alertId }) => alertId));
    expect(alerts).toEqual(new Set(byAlert.keys()));
  });

  test('the pages of an alert that nothing corrected are the fires of the folded alert', () => {
    const plain = [...byAlert.values()].filter((records) =>
      records.every(({ reason }) => reason !== 'DATA_CORRECTED' && reason !== 'MERGED'),
    );
    expect(plain.length).toBeGreaterThan(4);
    for (const records of plain) {
      const last = records.at(-1);
      let peak = 0;
      const fires = last?.history.filter(({ score }) => score > peak && (peak = score) > 0) ?? [];
      const paged = pagesOf(last?.alertId ?? '', 'raised', 'escalated');
      expect(paged.map(({ score }) => score)).toEqual(fires.map(({ score }) => score));
    }
  });

  test('the last word to the team is how the alert stands', () => {
    for (const [id, records] of byAlert) {
      const last = records.at(-1)?.status;
      const said = pagesOf(id, 'raised', 'escalated', 'updated', 'resolved', 'retracted').at(-1)?.status;
      if (last === 'RETRACTED') expect(said).toBe('retracted');
      else if (last === 'RESOLVED') expect(said).toBe('resolved');
      else expect(['raised', 'escalated', 'updated']).toContain(said);
    }
  });

  test('ticks end the episodes of patients who are seen no more', () => {
    const byTick = ended.alerts.filter(({ status, trigger }) => status === 'RESOLVED' && trigger === null);
    expect(byTick.length).toBeGreaterThan(0);
    // A tick comes each minute, so none is told later than a minute after its end.
    for (const { end, processingTime } of byTick) expect(processingTime - end).toBeLessThan(MINUTE);
  });

  test('every record is used, ignored or a dead letter with its reason', () => {
    const { run } = ended;
    const { counts } = wardViewOf(run, 1, []);
    expect(Object.keys(counts.deadLettered).sort()).toEqual([
      'imprecise-time',
      'missing-subject',
      'unknown-unit',
    ]);
    const dead = partitionsOf(run, TOPIC.deadLetters)
      .map(
        (partition) =>
          run.cluster.broker
            .log({ topic: TOPIC.deadLetters, partition })
            .read(0, 1e6, 1e9, { committed: true }).records.length,
      )
      .reduce((sum, n) => sum + n, 0);
    expect(Object.values(counts.deadLettered).reduce((sum, n) => sum + n, 0)).toBe(dead);
    expect(counts.used).toBeGreaterThan(counts.records / 3);
    expect(counts.used + counts.ignored + dead).toBe(counts.records);
  });
});

test('the picture and the alerts say the same of every patient', async () => {
  let compared = 0;
  const { run } = await ward({ patients: 24, hours: 4 }, (now) => {
    if ((now.now / MINUTE) % 30 !== 0) return;
    const alerts = now.book.byPatient();
    for (const [patient, state] of now.cluster.state(stores.patients.name)) {
      const { steps } = standingOf(state, now.now, now.rules);
      const episodes: { start: number; end: number }[] = [];
      let start: number | undefined;
      for (const { t, score } of steps) {
        if (score >= 2) start ??= t;
        else if (start !== undefined) {
          episodes.push({ start, end: t });
          start = undefined;
        }
      }
      const told = (alerts.get(patient) ?? []).map((alert) => ({ start: alert.start, end: alert.end }));
      expect(episodes).toEqual(told.sort((a, b) => a.start - b.start));
      compared += episodes.length;
    }
  });
  await run.stop();
  expect(compared).toBeGreaterThan(20);
});

describe('a ward that goes on', () => {
  test('lets go of what everybody has read, and an instance that joins later needs none of it', async () => {
    const undisturbed = await ward({ patients: 8, hours: 6, truncateEvery: Number.POSITIVE_INFINITY });
    await undisturbed.run.stop();
    let joined = false;
    const bounded = await ward({ patients: 8, hours: 6 }, ({ now, cluster }) => {
      if (joined || now < Date.UTC(2026, 0, 5, 11)) return;
      joined = true;
      cluster.startInstance('slot-2');
    });
    await bounded.run.stop();
    expect(bounded.run.cluster.slots).toHaveLength(3);
    const { broker } = bounded.run.cluster;
    for (const topic of Object.values(TOPIC)) {
      for (const partition of partitionsOf(bounded.run, topic)) {
        const { start, end } = broker.log({ topic, partition });
        if (end > 100) expect(start).toBeGreaterThan(end / 2);
      }
    }
    const told = (pages: readonly PageView[]): string[] => pages.map((page) => JSON.stringify(page)).sort();
    expect(undisturbed.pages.length).toBeGreaterThan(3);
    expect(told(bounded.pages)).toEqual(told(undisturbed.pages));
  });
});
