import { isStreamsError } from '../../../topology/model/errors.ts';
import type { Assignment, KafkaDriver } from '../../../topology/ports/kafka-driver.ts';

/** What the engine asks of a driver in the course of a commit and of a revocation. */
export type PortCall = 'send' | 'send-offsets' | 'commit' | 'revoke';

export interface Hooks {
  /** Stands around a call: makes it by `work`, or not. */
  readonly around: <R>(call: PortCall, work: () => Promise<R>) => Promise<R>;
  readonly assigned: (assignment: Assignment) => void;
  readonly revoked: (assignment: Assignment, why: 'rebalance' | 'lost') => void;
  /** A call failed, with a code of the table of errors. */
  readonly refused: (call: PortCall, code: string) => void;
  /** A batch of the log was replayed in a restore. */
  readonly replayed: () => void;
}

export const NO_HOOKS: Hooks = {
  around: (_call, work) => work(),
  assigned: () => {},
  revoked: () => {},
  refused: () => {},
  replayed: () => {},
};

/** The driver with something standing at the calls of its ports; the engine sees no difference. */
export function hooked(driver: KafkaDriver, hooks: Hooks): KafkaDriver {
  const around = <R>(call: PortCall, work: () => Promise<R>): Promise<R> =>
    hooks.around(call, async () => {
      try {
        return await work();
      } catch (error) {
        hooks.refused(call, isStreamsError(error) ? error.code : 'unexpected');
        throw error;
      }
    });
  return over(driver, {
    read: (at, from, to, each) =>
      driver.read(at, from, to, (batch) => {
        each(batch);
        hooks.replayed();
      }),
    consumer: (options) => {
      const consumer = driver.consumer(options);
      return over(consumer, {
        subscribe: (topics, listener) =>
          consumer.subscribe(topics, {
            onAssigned: (assignment) => {
              listener.onAssigned(assignment);
              hooks.assigned(assignment);
            },
            onRevoked: (assignment, why) => {
              hooks.revoked(assignment, why);
              return around('revoke', () => listener.onRevoked(assignment, why));
            },
          }),
      });
    },
    transactions: (options) => {
      const transactions = driver.transactions(options);
      return over(transactions, {
        send: (topic, records) => around('send', () => transactions.send(topic, records)),
        sendOffsets: (offsets, generation) =>
          around('send-offsets', () => transactions.sendOffsets(offsets, generation)),
        commit: () => around('commit', () => transactions.commit()),
      });
    },
  });
}

/** The port with some of its calls replaced. */
export function over<T extends object>(port: T, replaced: Partial<T>): T {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(replaced, name) ?? Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => Reflect.apply(value, target, args);
    },
  });
}
