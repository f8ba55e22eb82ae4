import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../../../docker/stack/run-program.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { readExposition, valueOf } from '../metrics/exposition.ts';
import { until } from '../run/real-ward.ts';
import { acknowledgement, freshAlert, over, type PagingStack, SECRET, worse } from './paging-stack.ts';

const CLI = fileURLToPath(new URL('../../../app/cli.ts', import.meta.url));
const HTTP = { HTTP_PORT: '0', PAGERDUTY_WEBHOOK_SECRET: SECRET };

/** What the command does beside paging: the webhook, `--from`, `--dry-run`, another driver. */
export function testEdges(stack: PagingStack): void {
  test('who acknowledges is written down when the webhook is signed, and only then; how it does is told over HTTP', async () => {
    const sink = stack.pagerduty(HTTP);
    const { port } = await sink.told('listening');
    const url = `http://127.0.0.1:${String(port)}`;
    const alert = freshAlert();
    await stack.send(alert);
    await stack.drained();
    const post = async (secret: string): Promise<number> => {
      const { body, headers } = acknowledgement(alert.alertId, secret);
      return (await fetch(`${url}/pagerduty/webhook`, { method: 'POST', body, headers })).status;
    };
    expect(await post('somebody-else')).toBe(401);
    expect(await post(SECRET)).toBe(202);
    const acknowledged = async () =>
      (await stack.audits()).filter(
        ({ alertId, decision }) => alertId === alert.alertId && decision === 'ACKNOWLEDGED',
      );
    const found = await until(async () => ((await acknowledged()).length > 0 ? acknowledged() : undefined));
    expect(found).toMatchObject([{ actor: 'pagerduty', reason: 'acknowledged' }]);
    await stack.send(over(alert));
    await stack.drained();
    expect(await acknowledged()).toHaveLength(1);
    const metrics = await until(async () => {
      const page = await (await fetch(`${url}/metrics`)).text();
      return /outcome="delivered",reason="resolve"\} 1\n/.test(page) ? readExposition(page) : undefined;
    });
    const of = (outcome: string, reason: string): number =>
      valueOf(metrics, 'sepsis_sink_delivery_total', { sink: 'pagerduty', outcome, reason });
    expect([of('delivered', 'trigger'), of('responded', 'acknowledged')]).toEqual([1, 1]);
    const gauges = { sink: 'pagerduty', slot: 'a' };
    expect(valueOf(metrics, 'sepsis_sink_undelivered_records', gauges)).toBe(0);
    for (const path of ['livez', 'readyz']) expect((await fetch(`${url}/${path}`)).status).toBe(200);
    sink.signal('SIGTERM');
    expect(await sink.exit).toBe(0);
  });

  test('--from goes back in the log, and pages nobody once more', async () => {
    const first = stack.pagerduty();
    const alert = freshAlert();
    await stack.send(alert, worse(alert));
    await stack.drained();
    first.signal('SIGTERM');
    expect(await first.exit).toBe(0);
    const before = stack.server.taken.filter(({ event_action: action }) => action === 'trigger').length;
    const again = stack.pagerduty({}, '--from', '0');
    // Behind what is read again, in its order.
    await stack.send(over(worse(alert)));
    const next = freshAlert();
    await stack.send(next);
    await until(async () => (stack.incidentsOf(next).length > 0 ? true : undefined));
    await stack.drained();
    const triggers = stack.server.taken.filter(({ event_action: action }) => action === 'trigger');
    expect(triggers.slice(before).map(({ dedup_key: key }) => key)).toEqual([next.alertId]);
    expect(stack.incidentsOf(alert).every(({ status }) => status === 'resolved')).toBe(true);
    again.signal('SIGTERM');
    expect(await again.exit).toBe(0);
  });

  test('a dry run prints what would be sent and why the rest would not, names nobody, and changes nothing', async () => {
    const alert = freshAlert();
    const past = freshAlert({ start: 0, end: 1 });
    await stack.send(alert, worse(alert), over(worse(alert)), past);
    const [committed, asked] = [await stack.committed(), stack.server.requests.length];
    const env = { ...process.env, ...stack.environment, ...stack.paging };
    const { code, stdout, stderr } = await runProgram(process.execPath, [CLI, 'pagerduty', '--dry-run'], {
      for: 'the test',
      env,
    });
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    const of = (id: string) => lines.filter((line) => JSON.stringify(line).includes(id));
    expect(of(alert.alertId)).toMatchObject([
      { route: 'default', reason: 'onset', event: { event_action: 'trigger', dedup_key: alert.alertId } },
      { route: 'default', reason: 'score', event: { dedup_key: `${alert.alertId}:3` } },
      { reason: 'window-emptied', event: { event_action: 'resolve', dedup_key: alert.alertId } },
      { reason: 'window-emptied', event: { event_action: 'resolve', dedup_key: `${alert.alertId}:3` } },
    ]);
    expect(of(past.alertId)).toMatchObject([{ alert: past.alertId, suppressed: 'past-episode' }]);
    expect(stderr).toMatch(/\d+ trigger, \d+ resolve, .*1 past-episode/);
    expect(stdout + stderr).not.toContain('Patient/');
    expect(await stack.committed()).toEqual(committed);
    expect(stack.server.requests).toHaveLength(asked);
  });

  test('it works on kafkajs as well', async () => {
    const sink = stack.pagerduty({ KAFKA_DRIVER: 'kafkajs', PSEUDONYM_SECRET: 'of the test' });
    const alert = freshAlert();
    for (const one of [alert, over(alert)]) {
      await stack.send(one);
      await stack.drained();
    }
    expect(stack.incidentsOf(alert).map(({ status, triggers }) => [status, triggers])).toEqual([
      ['resolved', 1],
    ]);
    const [audit] = (await stack.audits()).filter(({ alertId }) => alertId === alert.alertId);
    const usual = (await stack.audits()).filter(({ alertId }) => alertId !== alert.alertId);
    // Another key, other pseudonyms.
    expect(audit?.patientPseudonym).toMatch(/^[0-9a-f]{32}$/);
    expect(usual.map(({ patientPseudonym }) => patientPseudonym)).not.toContain(audit?.patientPseudonym);
    expect(await stack.read(TOPIC.deadLetters)).toEqual([]);
    sink.signal('SIGTERM');
    expect(await sink.exit).toBe(0);
  });
}
