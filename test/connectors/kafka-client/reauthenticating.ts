import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Access, SaslAccess } from '../../../connectors/kafka-client/access.ts';
import type { KafkaDriver } from '../../../topology/ports/kafka-driver.ts';
import { type Judged, type SaslBroker, type SaslBrokerSettings, saslBroker } from './sasl-broker.ts';

/** A driver of the kind that is tested. */
type Make = (access: Access) => KafkaDriver;

const YES = { accepted: true };
const NO = { accepted: false };

/** What is seen when all that can come at once has come. */
async function later<R>(look: () => R): Promise<R> {
  for (let i = 0; i < 50; i++) await setImmediate();
  return look();
}

/**
 * What each driver of real brokers does where a session with a broker has an end, and where it is not let in. `lifetime` of a session,
 * milliseconds, behind whose beginning it soon renews it.
 */
export function reauthenticating(name: string, lifetime: number, make: Make): void {
  async function on(
    settings: SaslBrokerSettings,
    sasl: SaslAccess,
    work: (driver: KafkaDriver, broker: SaslBroker) => Promise<void>,
  ): Promise<void> {
    const broker = await saslBroker(settings);
    const limits = { requestTimeout: 5_000, connectTimeout: 3_000 };
    const driver = make({ clientId: 'c', bootstrap: [broker.address], sasl, ...limits });
    try {
      await work(driver, broker);
    } finally {
      await driver.close();
      await broker.close();
    }
  }
  const ask = (driver: KafkaDriver): Promise<unknown> => driver.admin().partitions(['t']);
  const plain: SaslAccess = { mechanism: 'PLAIN', username: 'u', password: 'p' };

  describe(`${name} with a broker that wants to know again and again who asks`, () => {
    test('keeps its connection, and asks on it when it is let in again', async () => {
      const again = Promise.withResolvers<void>();
      const letIn = Promise.withResolvers<void>();
      const judge = async (_words: string, handshake: number): Promise<Judged> => {
        if (handshake < 2) return YES;
        again.resolve();
        await letIn.promise;
        return YES;
      };
      await on({ lifetime, judge }, plain, async (driver, broker) => {
        let [answered, isOver] = [0, false];
        const asking = async (): Promise<void> => {
          for (let last = false; !last; answered++) {
            last = isOver;
            await ask(driver);
          }
        };
        const asked = asking();
        await Promise.race([again.promise, asked]);
        const before = await later(() => answered);
        expect(before).toBeGreaterThan(0);
        expect(await later(() => answered)).toBe(before);
        isOver = true;
        letIn.resolve();
        await asked;
        expect(broker.connections()).toHaveLength(1);
      });
    });

    test('says a password that was changed meanwhile', async () => {
      let password = 'first';
      const words: string[] = [];
      const judge = (said: string): Judged => {
        words.push(said);
        return said.endsWith(`\0${password}`) ? YES : NO;
      };
      const sasl: SaslAccess = { ...plain, password: () => password };
      await on({ lifetime, judge }, sasl, async (driver) => {
        await ask(driver);
        password = 'second';
        while (words.length < 2) await ask(driver);
        await ask(driver);
      });
    });

    test('is told that its token is refused', async () => {
      // As a broker does it: it says why as if it were a challenge, and fails when that is answered.
      const judge = (said: string) =>
        said.includes('Bearer') ? { ...NO, said: '{"status":"invalid_token"}' } : NO;
      const sasl: SaslAccess = { mechanism: 'OAUTHBEARER', token: 'old' };
      await on({ lifetime: 0, judge }, sasl, async (driver) => {
        const message = expect.stringContaining('The token is refused. ');
        await expect(ask(driver)).rejects.toMatchObject({ code: 'authentication-failed', message });
      });
    });

    test('takes a connection that breaks meanwhile for that, and not for a refusal', async () => {
      const judge = (_words: string, _handshake: number, from: { resetAndDestroy(): unknown }) => {
        from.resetAndDestroy();
        return Promise.resolve(undefined);
      };
      await on({ lifetime: 0, judge }, plain, async (driver) => {
        await expect(ask(driver)).rejects.toMatchObject({ code: 'broker-unavailable' });
      });
    });
  });
}
