import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { KafkaUser, SecureKafka } from '../../../docker/stack/kafka/secure.ts';
import type { Ended } from '../../../docker/stack/run-program.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';

describe('a secured broker', () => {
  const kafka = useServer(() => kafkaServer({ secure: true }));

  function secure(): SecureKafka {
    const { secure } = kafka();
    if (secure === undefined) throw new Error('it is not secured');
    return secure;
  }

  let clients = 0;

  /** Runs Kafka's tool with these client settings. */
  function topics(address: string, settings: Record<string, string>, ...args: string[]): Promise<Ended> {
    const folder = join(dirname(secure().ca), 'clients');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${clients++}.properties`);
    const lines = Object.entries({ 'ssl.truststore.type': 'PEM', ...settings }).map(
      ([key, value]) => `${key}=${value}`,
    );
    writeFileSync(file, lines.join('\n'));
    const tool = 'org.apache.kafka.tools.TopicCommand';
    return kafka().tool(tool, ['--bootstrap-server', address, '--command-config', file, ...args]);
  }

  const sasl = (mechanism: string, { name, password }: KafkaUser, ca: string): Record<string, string> => ({
    'security.protocol': 'SASL_SSL',
    'sasl.mechanism': mechanism,
    'sasl.jaas.config': `org.apache.kafka.common.security.${
      mechanism === 'PLAIN' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule'
    } required username="${name}" password="${password}";`,
    'ssl.truststore.location': ca,
  });

  test.each(['SCRAM-SHA-512', 'SCRAM-SHA-256', 'PLAIN'])('lets the admin in by %s', async (mechanism) => {
    const { saslSsl, admin, ca } = secure();
    const topic = `by.${mechanism}`;
    const ended = await topics(saslSsl, sasl(mechanism, admin, ca), '--create', '--topic', topic);
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining(`Created topic ${topic}`) });
  });

  test('lets nobody in by a wrong password', async () => {
    const { saslSsl, admin, ca } = secure();
    const settings = sasl('SCRAM-SHA-512', { ...admin, password: 'wrong' }, ca);
    const { code, stdout, stderr } = await topics(saslSsl, settings, '--list');
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('SaslAuthenticationException');
  });

  test('allows a user what an ACL allows, and nothing before', async () => {
    const { saslSsl, user, ca } = secure();
    const settings = sasl('SCRAM-SHA-512', user, ca);
    const create = ['--create', '--topic', 'acl.one'];
    const refused = await topics(saslSsl, settings, ...create);
    expect(refused.stdout + refused.stderr).toContain('Authorization failed');
    const rights = [
      '--add',
      '--allow-principal',
      `User:${user.name}`,
      '--operation',
      'Create',
      '--topic',
      'acl.one',
    ];
    const acls = await kafka().tool('org.apache.kafka.tools.AclCommand', [
      '--bootstrap-server',
      kafka().bootstrap,
      ...rights,
    ]);
    expect(acls.code).toBe(0);
    expect(await topics(saslSsl, settings, ...create)).toMatchObject({ code: 0 });
  });

  test('takes a client certificate for its user, where an ACL lets it', async () => {
    const { mutualTls, ca, clientKeyStore, user } = secure();
    const principal = [
      '--allow-principal',
      `User:${user.name}`,
      '--operation',
      'Create',
      '--topic',
      'acl.two',
    ];
    await kafka().tool('org.apache.kafka.tools.AclCommand', [
      '--bootstrap-server',
      kafka().bootstrap,
      '--add',
      ...principal,
    ]);
    const settings = {
      'security.protocol': 'SSL',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': clientKeyStore,
      'ssl.truststore.location': ca,
    };
    expect(await topics(mutualTls, settings, '--create', '--topic', 'acl.two')).toMatchObject({ code: 0 });
  });

  test('is not trusted by a foreign authority, nor under a name that its certificate does not bear', async () => {
    const { saslSsl, wrongHost, admin, ca, foreignCa } = secure();
    const foreign = await topics(saslSsl, sasl('PLAIN', admin, foreignCa), '--list');
    expect(foreign.stdout + foreign.stderr).toContain('SSL handshake failed');
    const renamed = await topics(wrongHost, sasl('PLAIN', admin, ca), '--list');
    expect(renamed.stdout + renamed.stderr).toMatch(
      /No (?:subject alternative DNS )?name matching localhost found/,
    );
  });
});
