import { expect, test } from 'vitest';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { faultsOfPaging } from '../../connectors/pagerduty/paging-verdict.ts';
import type { GivenEvent } from '../../servers/pagerduty/event-rules.ts';
import type { Fault } from '../../servers/pagerduty/faults.ts';
import { testEdges } from './edges.ts';
import { freshAlert, over, PagingStack, worse } from './paging-stack.ts';

const stack = new PagingStack();

/** What the audit trail says of alerts by the sink, sorted. */
async function said(...alerts: readonly SepsisAlert[]): Promise<string[]> {
  const ids = new Set(alerts.map(({ alertId }) => alertId));
  const ours = (await stack.audits()).filter(
    ({ alertId, actor }) => ids.has(alertId) && actor === 'pagerduty',
  );
  return ours.map(({ decision, reason }) => `${decision} ${reason}`).toSorted();
}

const wrong = async (...alerts: readonly SepsisAlert[]): Promise<string[]> => {
  const ids = new Set(alerts.map(({ alertId }) => alertId));
  const audit = (await stack.audits()).filter(({ alertId }) => ids.has(alertId));
  return faultsOfPaging({ alerts, incidents: stack.incidentsOf(...alerts), audit });
};

test('an episode is paged, paged again when it is worse, and taken back; SIGTERM ends it well', async () => {
  const sink = stack.pagerduty();
  const alert = freshAlert();
  const course = [alert, worse(alert), over({ ...worse(alert) })];
  for (const one of course) {
    await stack.send(one);
    await stack.drained();
  }
  expect(stack.incidentsOf(alert).map(({ key, status, triggers }) => [key, status, triggers])).toEqual([
    [alert.alertId, 'resolved', 1],
    [`${alert.alertId}:3`, 'resolved', 1],
  ]);
  expect(await wrong(...course)).toEqual([]);
  sink.signal('SIGTERM');
  expect(await sink.exit).toBe(0);
});

/** The event that something happens to is held as `fault` says; resolves when it has come. */
function holding(of: (event: GivenEvent) => boolean, fault: () => Fault | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let came = false;
  stack.server.faults = ({ event }) => {
    if (came || event === undefined || !of(event)) return undefined;
    came = true;
    // The request is noted first.
    setImmediate(resolve);
    return fault();
  };
  return promise;
}

const isTrigger = ({ event_action: action }: GivenEvent): boolean => action === 'trigger';

const POINTS: Readonly<
  Record<
    string,
    { readonly of: (event: GivenEvent) => boolean; readonly fault: () => Fault | undefined; again: string[] }
  >
> = {
  'before PagerDuty has the page': {
    of: isTrigger,
    fault: () => ({ kind: 'silence', taken: false }),
    again: ['DELIVERED onset-resent'],
  },
  'when PagerDuty has the page and its answer is on the way': {
    of: isTrigger,
    fault: () => ({ kind: 'silence', taken: true }),
    again: ['DELIVERED onset-resent'],
  },
  'between the answer and the commit': {
    of: isTrigger,
    fault: () => {
      // Nothing is committed while the brokers stand still.
      stack.kafka.pause();
      return undefined;
    },
    again: ['DELIVERED onset-resent'],
  },
  'between two pages that are taken back': {
    of: ({ event_action: action, dedup_key: key = '' }) => action === 'resolve' && key.endsWith(':3'),
    fault: () => ({ kind: 'silence', taken: false }),
    again: ['DELIVERED resolved-window-emptied-resent', 'DELIVERED resolved-window-emptied-resent'],
  },
};

test.each(Object.entries(POINTS))(
  'killed %s, and started again: each page once, and taken back once',
  async (_where, { of, fault, again }) => {
    const first = stack.pagerduty();
    await first.told('started');
    const alert = freshAlert();
    const course = [alert, worse(alert), over(worse(alert))];
    const held = holding(of, fault);
    const onset = of === isTrigger;
    await stack.send(alert);
    if (!onset) {
      await stack.drained();
      await stack.send(worse(alert));
      await stack.drained();
      await stack.send(over(worse(alert)));
    }
    await held;
    first.signal('SIGKILL');
    expect(await first.exit).toBe(null);
    stack.kafka.resume();
    const second = stack.pagerduty();
    for (const one of onset ? course.slice(1) : []) {
      await stack.drained();
      await stack.send(one);
    }
    await stack.drained();
    expect(stack.incidentsOf(alert).map(({ key, status }) => [key, status])).toEqual([
      [alert.alertId, 'resolved'],
      [`${alert.alertId}:3`, 'resolved'],
    ]);
    expect(await wrong(...course)).toEqual([]);
    expect((await said(alert)).filter((line) => line.endsWith('-resent'))).toEqual(again);
    expect(await stack.read(TOPIC.deadLetters)).toEqual([]);
    second.signal('SIGTERM');
    expect(await second.exit).toBe(0);
  },
);

test('whatever PagerDuty answers or does not, the page comes through, once', async () => {
  const sink = stack.pagerduty();
  await sink.told('started');
  const faults: readonly (Fault | undefined)[] = [
    { kind: 'answer', status: 429, headers: { 'retry-after': '1' } },
    { kind: 'reset', taken: true },
    { kind: 'answer', status: 503 },
    // Behind the third failure the key is asked whether it works.
    undefined,
    { kind: 'answer', status: 202, headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' },
  ];
  const came: number[] = [];
  const actions: unknown[] = [];
  stack.server.faults = ({ event }) => {
    came.push(systemClock.now());
    actions.push(event?.event_action);
    return faults[came.length - 1];
  };
  const alert = freshAlert();
  await stack.send(alert);
  await stack.drained();
  expect(stack.incidentsOf(alert).map(({ status, triggers }) => [status, triggers])).toEqual([
    ['triggered', 2],
  ]);
  expect(actions).toEqual(['trigger', 'trigger', 'trigger', 'resolve', 'trigger', 'trigger']);
  // Who says how long to wait is believed.
  expect((came[1] ?? 0) - (came[0] ?? 0)).toBeGreaterThanOrEqual(1_000);
  expect(sink.of('retrying').map(({ code, why }) => [code, why])).toEqual([
    ['pagerduty-throttled', '429'],
    ['pagerduty-unavailable', 'ECONNRESET'],
    ['pagerduty-unavailable', '503'],
    ['pagerduty-unavailable', 'no-answer-of-pagerduty'],
  ]);
  expect(await said(alert)).toEqual(['DELIVERED onset']);
  sink.signal('SIGTERM');
  expect(await sink.exit).toBe(0);
});

test('500 alerts through one key are all delivered; no new page waits for those that are taken back', async () => {
  const sink = stack.pagerduty();
  const alerts = Array.from({ length: 500 }, () => freshAlert());
  await stack.send(...alerts);
  await stack.drained();
  expect(stack.incidentsOf(...alerts)).toHaveLength(500);
  const urgent = Array.from({ length: 20 }, () => freshAlert());
  const paged = new Set<string>();
  const { promise: queued, resolve } = Promise.withResolvers<void>();
  // Nothing is taken back before the last new page is there: one that waited for a resolve would wait for ever.
  stack.server.faults = ({ event }) => {
    if (event?.event_action === 'resolve' && paged.size < urgent.length) {
      resolve();
      return { kind: 'answer', status: 503 };
    }
    if (event?.event_action === 'trigger') paged.add(event.dedup_key ?? '');
    return undefined;
  };
  await stack.send(...alerts.map(over));
  await queued;
  await stack.send(...urgent);
  await stack.drained();
  expect(stack.incidentsOf(...urgent).map(({ status }) => status)).toEqual(urgent.map(() => 'triggered'));
  expect(await wrong(...alerts, ...urgent, ...alerts.map(over))).toEqual([]);
  sink.signal('SIGTERM');
  expect(await sink.exit).toBe(0);
});

testEdges(stack);
