import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Access, TlsAccess } from '../../../connectors/kafka-client/access.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { newAuthority } from '../../../docker/stack/certificates.ts';
import type { SecureKafka } from '../../../docker/stack/kafka/secure.ts';
import { text } from '../../../topology/model/codec.ts';
import { isStreamsError } from '../../../topology/model/errors.ts';
import { seconds } from '../../../topology/model/time.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';

/** A driver of the kind that is tested. */
type Make = (access: Access) => KafkaDriver;

const pem = (file: string): string => readFileSync(file, 'utf8');
const accessTo = (address: string, more: Partial<Access>): Access => ({
  clientId: 'secure',
  bootstrap: [address],
  requestTimeout: 5_000,
  connectTimeout: 3_000,
  ...more,
});

/** Of the administrator, unsigned, from then to then in seconds. */
function tokenOf(iat: number, exp: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: 'admin', iat, exp })}.`;
}

/** Code of what it ends with, and that it ends soon: nobody is left to wonder. */
async function codeOf(work: Promise<unknown>): Promise<string> {
  const began = systemClock.now();
  try {
    await work;
    return 'done';
  } catch (error) {
    expect(systemClock.now() - began).toBeLessThan(10_000);
    return isStreamsError(error) ? error.code : String(error);
  }
}

/** A record there and back, with a transaction. */
async function works(driver: KafkaDriver): Promise<string[]> {
  const topic = `secure-${randomUUID()}`;
  await driver.admin().createTopics([{ name: topic, partitions: 1 }]);
  const transactions = driver.transactions({ transactionalId: `t-${topic}`, timeout: seconds(5) });
  await transactions.init();
  transactions.begin();
  await transactions.send(topic, [{ key: null, value: text.encode('x'), timestamp: 1 }]);
  await transactions.commit();
  const at = { topic, partition: 0 };
  const values: string[] = [];
  for (let end = 0; end === 0; ) ({ end } = await driver.admin().offsets(at));
  await driver.read(at, 0, 1, ({ records }) =>
    values.push(...records.map(({ value }) => (value === null ? '' : text.decode(value)))),
  );
  await driver.close();
  return values;
}

/** What each driver of real brokers does on one with TLS, SASL and ACLs: whom it lets in, and how soon it says why not. */
export function securedDriver(name: string, make: Make): void {
  const kafka = useServer(() => kafkaServer({ own: true, secure: true }));

  function secure(): SecureKafka {
    const { secure: settings } = kafka();
    if (settings === undefined) throw new Error('it is not secured');
    return settings;
  }

  const sasl = (
    mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512',
    who: 'admin' | 'user',
  ): NonNullable<Access['sasl']> => {
    const { name, password } = secure()[who];
    return { mechanism, username: name, password };
  };
  /** Gives the user a right. */
  const allow = async (right: string): Promise<void> => {
    const rights = `--add --allow-principal User:${secure().user.name} ${right}`;
    const args = `--bootstrap-server ${kafka().bootstrap} ${rights}`.split(' ');
    await kafka().tool('org.apache.kafka.tools.AclCommand', args);
  };
  const over = (address: string, more: Partial<Access> = {}): KafkaDriver =>
    make(accessTo(address, { tls: { ca: pem(secure().ca) }, ...more }));

  describe(`${name} on a secured broker`, () => {
    test.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)(
      '%s over TLS lets in who has the right',
      async (mechanism) => {
        expect(await works(over(secure().saslSsl, { sasl: sasl(mechanism, 'admin') }))).toEqual(['x']);
      },
    );

    test('an OAUTHBEARER token lets in its subject', async () => {
      const now = Math.floor(systemClock.now() / 1_000);
      const driver = over(secure().saslSsl, {
        sasl: { mechanism: 'OAUTHBEARER', token: tokenOf(now, now + 600) },
      });
      expect(await works(driver)).toEqual(['x']);
    });

    test('a token that is over is refused', async () => {
      const now = Math.floor(systemClock.now() / 1_000);
      const driver = over(secure().saslSsl, {
        sasl: { mechanism: 'OAUTHBEARER', token: tokenOf(now - 1_200, now - 600) },
      });
      expect(await codeOf(driver.admin().partitions(['x']))).toBe('authentication-failed');
      await driver.close();
    });

    test('a client certificate is its user, who may do what he may', async () => {
      const { mutualTls, ca, clientCertificate: cert, clientKey: key } = secure();
      const driver = over(mutualTls, { tls: { ca: pem(ca), cert: pem(cert), key: pem(key) } });
      // It is let in, as the user of its certificate, whom no ACL allows anything yet.
      expect(await codeOf(driver.admin().partitions(['x']))).toBe('not-authorized');
      await driver.close();
    });

    test('a wrong password is said at once', async () => {
      const driver = over(secure().saslSsl, {
        sasl: { mechanism: 'SCRAM-SHA-512', username: secure().admin.name, password: 'wrong' },
      });
      expect(await codeOf(driver.admin().partitions(['x']))).toBe('authentication-failed');
      await driver.close();
    });

    test('a wrong password in plain text is said at once too, and not told to anybody', async () => {
      const driver = over(secure().saslSsl, {
        sasl: { mechanism: 'PLAIN', username: secure().admin.name, password: 'a-wrong-password' },
      });
      const error = await driver
        .admin()
        .partitions(['x'])
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'authentication-failed' });
      expect(inspect(error, { depth: null })).not.toContain('a-wrong-password');
      await driver.close();
    });

    test('who does not speak TLS is let go soon', async () => {
      const driver = make(accessTo(secure().saslSsl, { sasl: sasl('SCRAM-SHA-512', 'admin') }));
      expect(await codeOf(driver.admin().partitions(['x']))).toMatch(
        /^(?:tls-untrusted|request-timed-out|broker-unavailable|broker-refused)$/,
      );
      await driver.close();
    });

    test('a certificate of another authority is not trusted', async () => {
      const driver = over(secure().saslSsl, {
        tls: { ca: pem(secure().foreignCa) },
        sasl: sasl('SCRAM-SHA-512', 'admin'),
      });
      expect(await codeOf(driver.admin().partitions(['x']))).toBe('tls-untrusted');
      await driver.close();
    });

    test('a certificate of another host is not trusted', async () => {
      const driver = over(secure().wrongHost, { sasl: sasl('SCRAM-SHA-512', 'admin') });
      expect(await codeOf(driver.admin().partitions(['x']))).toBe('tls-untrusted');
      await driver.close();
    });

    test('a missing client certificate is said, and one of another authority; the right one in its place is taken', async () => {
      const folder = join(dirname(secure().ca), 'of-clients');
      const { certificate, key } = await (await newAuthority(folder, 'foreign')).issue(secure().user.name);
      const { mutualTls, clientCertificate, clientKey } = secure();
      const ca = pem(secure().ca);
      let tls: TlsAccess = { ca };
      const driver = make(accessTo(mutualTls, { tls: () => tls }));
      const given = (cert: string, of: string): TlsAccess => ({ ca, cert: pem(cert), key: pem(of) });
      for (tls of [{ ca }, given(certificate, key), given(clientCertificate, clientKey)]) {
        // A connection that is closed may be reset before it is read why; then it is tried again.
        let code = await codeOf(driver.admin().partitions(['x']));
        while (/^(?:request-timed-out|broker-unavailable)$/.test(code))
          code = await codeOf(driver.admin().partitions(['x']));
        expect(code).toBe(tls.cert === pem(clientCertificate) ? 'not-authorized' : 'tls-untrusted');
      }
      await driver.close();
    });

    test.each<[string, (driver: KafkaDriver, topic: string) => Promise<unknown>]>([
      [
        'topic write',
        (driver, topic) => driver.producer().send(topic, [{ key: null, value: null, timestamp: 1 }]),
      ],
      ['topic read', (driver, topic) => driver.read({ topic, partition: 0 }, 0, 1, () => {})],
      [
        'topic create',
        (driver, topic) => driver.admin().createTopics([{ name: `${topic}-more`, partitions: 1 }]),
      ],
      [
        'transactional id',
        (driver, topic) => driver.transactions({ transactionalId: topic, timeout: seconds(5) }).init(),
      ],
      ['group', (driver, topic) => driver.admin().committed(topic, [{ topic, partition: 0 }])],
    ])('a missing right is named: %s', async (_what, work) => {
      const topic = `right-${randomUUID()}`;
      const admin = over(secure().saslSsl, { sasl: sasl('SCRAM-SHA-512', 'admin') });
      await admin.admin().createTopics([{ name: topic, partitions: 1 }]);
      const driver = over(secure().saslSsl, { sasl: sasl('SCRAM-SHA-512', 'user') });
      expect(await codeOf(work(driver, topic))).toBe('not-authorized');
      await Promise.all([admin.close(), driver.close()]);
    });

    test('of several topics of a transaction the missing right to one is named', async () => {
      const [some, none] = [`right-${randomUUID()}`, `right-${randomUUID()}`];
      const admin = over(secure().saslSsl, { sasl: sasl('SCRAM-SHA-512', 'admin') });
      await admin.admin().createTopics([some, none].map((name) => ({ name, partitions: 1 })));
      await allow(`--operation Write --topic ${some} --transactional-id ${some}`);
      await allow(`--operation Describe --topic ${none}`);
      const driver = over(secure().saslSsl, { sasl: sasl('SCRAM-SHA-512', 'user') });
      const transactions = driver.transactions({ transactionalId: some, timeout: seconds(5) });
      // The id of the other one of two that take turns is not allowed: it is not needed here.
      await transactions.init().catch(() => {});
      for (const topics of [
        [some, none],
        [none, some],
      ]) {
        const sends = topics.map((topic) =>
          transactions.send(topic, [{ key: null, value: null, timestamp: 1 }]),
        );
        expect(await Promise.all(sends.map(codeOf))).toEqual(['not-authorized', 'not-authorized']);
      }
      await Promise.all([admin.close(), driver.close()]);
    });

    test('a member that has the right to its topic and not to its group is told', async () => {
      const topic = `right-${randomUUID()}`;
      const admin = over(secure().saslSsl, { sasl: sasl('SCRAM-SHA-512', 'admin') });
      await admin.admin().createTopics([{ name: topic, partitions: 1 }]);
      await allow(`--operation Read --topic ${topic}`);
      const driver = over(secure().saslSsl, { sasl: sasl('SCRAM-SHA-512', 'user') });
      const patience = { sessionTimeout: seconds(6), rebalanceTimeout: seconds(6) };
      const consumer = driver.consumer({ groupId: topic, ...patience });
      const listener = { onAssigned: () => {}, onRevoked: () => Promise.resolve() };
      const work = async (): Promise<never> => {
        await consumer.subscribe([topic], listener);
        for (;;) await consumer.poll({ maxRecords: 1, maxBytes: 1_000, waitMs: 50 });
      };
      expect(await codeOf(work())).toBe('not-authorized');
      await Promise.all([admin.close(), driver.close()]);
    });
  });
}
