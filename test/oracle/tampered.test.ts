import { beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { qsofa } from '../../operators/clinical/qsofa.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { unlimited } from '../../topology/model/time.ts';
import { alertsDiffer, deadLettersDiffer, heldDiffers } from './against.ts';
import { inOrder } from './orders.ts';
import { foldAlerts } from './results.ts';
import { type FedRecord, type Run, run } from './screening-run.ts';
import { isPresent, needs } from './shared-files.ts';
import { pidOf, type Synthetic, synthetic } from './synthetic.ts';

const STREAM = 'seed20260105';

/** A whole run, fed out of order so that alerts move, merge and are taken back; then one thing about it is changed. */
describe('a run that was tampered with is not equal to the oracle', () => {
  let stream: Synthetic;
  let done: Run;

  beforeAll(async () => {
    if (!isPresent('oracle/synthetic', STREAM)) return;
    stream = synthetic(STREAM);
    done = await screened(inOrder(stream.records, 'shuffled', 5));
  });

  const screened = (records: readonly FedRecord[]): Promise<Run> =>
    run(records, { rules: stream.rules({ lateness: unlimited }), restarts: 'none', round: 250 });
  const needsStream = (context: TestContext): void => needs(context, 'oracle/synthetic', STREAM);
  const differs = (alerts: readonly SepsisAlert[]): boolean =>
    alertsDiffer({ alerts }, pidOf, stream.any) !== '';
  /** Positions of the last record of each alert. */
  const lasts = (): number[] => [...new Map(done.alerts.map(({ alertId }, i) => [alertId, i])).values()];
  const episodeOf = ({ start, end, peak, history }: SepsisAlert): string =>
    JSON.stringify([start, end, peak, history[0], history.find(({ score }) => score === 3)]);

  test('untouched, it is equal', (context) => {
    needsStream(context);
    expect(alertsDiffer(done, pidOf, stream.any)).toBe('');
    expect(deadLettersDiffer(done, stream.deadLetters)).toBe('');
    expect(heldDiffers(done, pidOf, qsofa, { facts: stream.facts, states: stream.any.states })).toBe('');
  });

  test('an alert of which no record arrives', (context) => {
    needsStream(context);
    const held = foldAlerts(done.alerts);
    expect(held).toHaveLength(77);
    for (const { alertId } of held) {
      expect(differs(done.alerts.filter((alert) => alert.alertId !== alertId))).toBe(true);
    }
  });

  test('one alert record that is dropped, whenever it was the one that told of a change', (context) => {
    needsStream(context);
    let tried = 0;
    for (const last of lasts()) {
      const alert = done.alerts[last];
      const before = done.alerts.findLast((one, i) => i < last && one.alertId === alert?.alertId);
      if (alert === undefined || alert.status === 'RETRACTED') continue;
      if (before !== undefined && episodeOf(before) === episodeOf(alert)) continue;
      tried++;
      expect(differs(done.alerts.toSpliced(last, 1))).toBe(true);
    }
    expect(tried).toBeGreaterThan(10);
  });

  test('one retraction that is dropped', (context) => {
    needsStream(context);
    const retractions = done.alerts.flatMap(({ status }, i) => (status === 'RETRACTED' ? [i] : []));
    expect(retractions.length).toBeGreaterThan(3);
    for (const at of retractions) expect(differs(done.alerts.toSpliced(at, 1))).toBe(true);
  });

  test('one alert record that is doubled with other content', (context) => {
    needsStream(context);
    for (const last of lasts()) {
      const alert = done.alerts[last];
      if (alert === undefined || alert.status === 'RETRACTED') continue;
      expect(differs([...done.alerts, alert])).toBe(false);
      expect(differs([...done.alerts, { ...alert, end: alert.end + 1 }])).toBe(true);
      expect(differs([...done.alerts, { ...alert, alertId: `${alert.alertId}-2` }])).toBe(true);
      expect(differs([...done.alerts, { ...alert, status: 'RETRACTED' }])).toBe(true);
    }
  });

  test.for<readonly [what: string, (alert: SepsisAlert) => Partial<SepsisAlert>]>([
    ['start', ({ start }) => ({ start: start + 1 })],
    ['end', ({ end }) => ({ end: end - 1 })],
    ['peak', ({ peak }) => ({ peak: 5 - peak })],
    ['patient', () => ({ patient: 'Patient/somebody-else' })],
    [
      'time of the onset',
      ({ history }) => ({ history: history.map((one, i) => (i > 0 ? one : { ...one, t: one.t - 1 })) }),
    ],
    [
      'criteria of the onset',
      ({ history }) => ({
        history: history.map((one, i) => (i > 0 ? one : { ...one, met: ['GCS', 'RR', 'SBP'] })),
      }),
    ],
    ['first change of the score', ({ history }) => ({ history: history.slice(1) })],
  ])('one alert whose %s is changed', ([_what, change], context) => {
    needsStream(context);
    const [index] = lasts().filter(
      (at) => done.alerts[at]?.history.length === 1 && done.alerts[at].score === 2,
    );
    const alert = done.alerts[index ?? -1];
    expect(alert).toBeDefined();
    if (alert !== undefined) expect(differs([...done.alerts, { ...alert, ...change(alert) }])).toBe(true);
  });

  test('two alerts of which each has the other patient', (context) => {
    needsStream(context);
    const [a, ...others] = foldAlerts(done.alerts);
    const b = others.find(({ patient }) => patient !== a?.patient);
    if (a === undefined || b === undefined) throw new Error('two patients are needed');
    expect(differs([...done.alerts, { ...a, patient: b.patient }, { ...b, patient: a.patient }])).toBe(true);
  });

  test('a dead letter that is lost, one that is doubled, one in the place of another', (context) => {
    needsStream(context);
    const { deadLetters } = done;
    const seen = (letters: Run['deadLetters']): boolean =>
      deadLettersDiffer({ deadLetters: letters }, stream.deadLetters) !== '';
    expect(deadLetters).toHaveLength(65);
    for (const [i, letter] of deadLetters.entries()) {
      expect(seen(deadLetters.toSpliced(i, 1))).toBe(true);
      expect(seen([...deadLetters, letter])).toBe(true);
      expect(seen(deadLetters.with(i, { ...letter, offset: undefined }))).toBe(true);
    }
  });

  test('the state of one patient that is lost, or is another patient’s', (context) => {
    needsStream(context);
    const want = { facts: stream.facts, states: stream.any.states };
    const [[a, first], [b, second]] = [...done.patients] as [[string, Uint8Array], [string, Uint8Array]];
    const without = new Map(done.patients);
    without.delete(a);
    expect(heldDiffers({ patients: without }, pidOf, qsofa, want)).not.toBe('');
    const swapped = new Map(done.patients).set(a, second).set(b, first);
    expect(heldDiffers({ patients: swapped }, pidOf, qsofa, want)).not.toBe('');
  });

  /** The input record that carried the value of the first onset in `pid`'s results. */
  const deciding = (): number => {
    const fire = stream.any.fires.find(({ why }) => why === 'onset');
    const fact = stream.facts.find(({ pid, t, kind }) => pid === fire?.pid && t === fire.t && kind !== 'GCS');
    return stream.records.findIndex(({ value }) => Buffer.from(value ?? []).includes(`"id":"${fact?.id}"`));
  };

  test('an input record that is lost on the way, one that is changed, one that is fed twice under another id', async (context) => {
    needsStream(context);
    const at = deciding();
    const record = stream.records[at];
    if (record === undefined || record.value === null) throw new Error('no record carries the first onset');
    const id = /"id":"(o\d+)"/.exec(Buffer.from(record.value).toString())?.[1] ?? '';
    const saying = (change: (text: string) => string): FedRecord => ({
      ...record,
      value: Buffer.from(change(Buffer.from(record.value ?? []).toString())),
    });
    // All versions and copies of it: the loss of one of two equal ones is no loss.
    const lost = await screened(
      stream.records.filter(({ value }) => !Buffer.from(value ?? []).includes(`"id":"${id}"`)),
    );
    expect(alertsDiffer(lost, pidOf, stream.any)).not.toBe('');
    const changed = await screened(
      stream.records.with(at, { ...record, ...saying((text) => text.replaceAll('"value":', '"value":1')) }),
    );
    expect(heldDiffers(changed, pidOf, qsofa, { facts: stream.facts, states: stream.any.states })).not.toBe(
      '',
    );
    const doubled = await screened([...stream.records, saying((text) => text.replace(id, `${id}-again`))]);
    expect(heldDiffers(doubled, pidOf, qsofa, { facts: stream.facts, states: stream.any.states })).not.toBe(
      '',
    );
    const again = await screened([...stream.records, record]);
    expect(alertsDiffer(again, pidOf, stream.any)).toBe('');
    expect(heldDiffers(again, pidOf, qsofa, { facts: stream.facts, states: stream.any.states })).toBe('');
  });
});
