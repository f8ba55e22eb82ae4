import { expect, test } from 'vitest';
import { PagerDutyServer } from '../../servers/pagerduty/pagerduty-server.ts';
import { useServer } from '../../servers/use-server.ts';
import { RunProcess } from '../run/run-process.ts';
import { ROUTING_KEY } from './paging-stack.ts';

const server = useServer(() => PagerDutyServer.start({ keys: [ROUTING_KEY] }));
/** Of another name, by another authority. */
const other = useServer(() => PagerDutyServer.start({ keys: [], hosts: ['DNS:elsewhere.example.org'] }));

/** What it says when it cannot begin; nobody else is asked for anything. */
async function refusal(environment: Readonly<Record<string, string>>): Promise<string> {
  const sink = new RunProcess(['pagerduty', '--slot', 'a'], {
    KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
    PAGERDUTY_URL: server().url,
    PAGERDUTY_CA_FILE: server().ca,
    PAGERDUTY_API_KEY: ROUTING_KEY,
    ...environment,
  });
  expect([await sink.exit, sink.text]).toEqual([4, expect.any(String)]);
  const said = sink.lines.filter(({ event }) => event === undefined).map(({ text }) => String(text));
  expect(said).toHaveLength(1);
  return said[0] ?? '';
}

test('a certificate of an authority that is not trusted', async () => {
  expect(await refusal({ PAGERDUTY_CA_FILE: other().ca })).toMatch(/is not trusted \(.*PAGERDUTY_CA_FILE/);
});

test('a certificate of another host', async () => {
  const environment = { PAGERDUTY_URL: other().url, PAGERDUTY_CA_FILE: other().ca };
  expect(await refusal(environment)).toMatch(
    /is not trusted \(ERR_TLS_CERT_ALTNAME_INVALID\).*PAGERDUTY_URL/,
  );
});

test('a routing key that PagerDuty does not know', async () => {
  const said = await refusal({ PAGERDUTY_API_KEY: 'u'.repeat(32) });
  expect(said).toMatch(/refuses every routing key \(400\)\. Check PAGERDUTY_API_KEY/);
  expect(said).not.toContain('uuuu');
  // The check itself wakes nobody.
  expect(server().incidents.all).toEqual([]);
});
