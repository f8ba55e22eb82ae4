import { describe, expect, test } from 'vitest';
import { main } from '../../../app/commands/main.ts';
import { Kept } from '../replay/replay-run.ts';

const COMPLETE = { KAFKA_BOOTSTRAP_SERVERS: 'a:9092', SCHEMA_REGISTRY_URL: 'http://r:8081' };

/** Exit code and standard error of a `run` that cannot begin. */
async function refused(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly said: string }> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const code = await main(['run', ...args], { stdout, stderr, environment });
  return { code, said: stderr.text };
}

describe('run', () => {
  test('without configuration names every variable that it needs, at once', async () => {
    const { code, said } = await refused({});
    expect(code).toBe(2);
    expect(said).toContain('KAFKA_BOOTSTRAP_SERVERS is not set');
    expect(said).toContain('SCHEMA_REGISTRY_URL is not set');
  });

  test.each<[string, Record<string, string>, string]>([
    ['a server without a port', { KAFKA_BOOTSTRAP_SERVERS: 'a,b:9092' }, 'holds a, which is no host:port'],
    ['a user without a password', { KAFKA_USERNAME: 'u' }, 'KAFKA_PASSWORD is not set'],
    ['a password without a user', { KAFKA_PASSWORD: 'p' }, 'KAFKA_USERNAME is not set'],
    ['another mechanism', { KAFKA_SASL_MECHANISM: 'GSSAPI' }, 'give one of PLAIN'],
    ['a token that is missing', { KAFKA_SASL_MECHANISM: 'OAUTHBEARER' }, 'KAFKA_TOKEN is not set'],
    ['a CA that is not there', { KAFKA_TLS_CA_FILE: '/no/such.pem' }, 'KAFKA_TLS_CA_FILE names /no/such.pem'],
    ['a certificate without a key', { KAFKA_TLS_CERT_FILE: '/no/such.pem' }, 'KAFKA_TLS_CERT_FILE names'],
    ['TLS that is neither true nor false', { KAFKA_TLS: 'yes' }, 'KAFKA_TLS is yes'],
    ['a port of Redis that is none', { REDIS_HOST: 'h', REDIS_PORT: '70000' }, 'REDIS_PORT is 70000'],
    [
      'a user of Redis without a password',
      { REDIS_HOST: 'h', REDIS_USERNAME: 'u' },
      'REDIS_PASSWORD is not set',
    ],
  ])('%s is told with the variable and the mend', async (_what, more, told) => {
    const { code, said } = await refused({ ...COMPLETE, ...more });
    expect(code).toBe(2);
    expect(said).toContain(told);
  });

  test.each([
    [['--slot', 'a/b'], '--slot is a/b'],
    [['--application', ''], '--application is'],
    [['--lateness', 'soon'], '--lateness soon is no duration'],
    [['--rule', 'sofa'], '--rule'],
    [['--base', 'here'], '--base here is no absolute'],
    [['extra'], 'run takes no argument extra'],
  ])('%j is refused', async (args, told) => {
    const { code, said } = await refused(COMPLETE, ...args);
    expect(code).toBe(2);
    expect(said).toContain(told);
  });

  test('start is run where Kafka is configured', async () => {
    const [stdout, stderr] = [new Kept(), new Kept()];
    const environment = { KAFKA_BOOTSTRAP_SERVERS: 'a:9092' };
    expect(await main(['start'], { stdout, stderr, environment })).toBe(2);
    expect(stderr.text).toContain('SCHEMA_REGISTRY_URL is not set');
  });
});
