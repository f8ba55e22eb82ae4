import { describe, expect, test } from 'vitest';
import { Alternating, idsOf } from '../../../connectors/platformatic/alternating.ts';
import type { TransactionPort } from '../../../topology/ports/kafka-driver.ts';

/** Notes what is asked of it; `refused`: what of it fails, by `id.call`. */
function told(refused: readonly string[] = []) {
  const calls: string[] = [];
  const made = (id: string): TransactionPort => {
    const call = (name: string): Promise<void> => {
      calls.push(`${id}.${name}`);
      return refused.includes(`${id}.${name}`)
        ? Promise.reject(new Error(`${id}.${name}`))
        : Promise.resolve();
    };
    return {
      init: () => call('init'),
      begin: () => void call('begin'),
      send: () => call('send').then(() => []),
      sendOffsets: () => call('offsets'),
      commit: () => call('commit'),
      abort: () => call('abort'),
      close: () => call('close'),
    };
  };
  return { calls, port: new Alternating(made, 'a') };
}

const generation = { groupId: 'g', generation: 1, memberId: 'm' };

describe('producers that take turns', () => {
  test('a transaction is one producer’s from its beginning to its end, and the next one the other’s', async () => {
    const { calls, port } = told();
    for (const end of ['commit', 'abort', 'commit'] as const) {
      port.begin();
      await port.send('t', []);
      await port.sendOffsets(new Map(), generation);
      await port[end]();
    }
    const whole = (id: string, end: string): string[] =>
      ['begin', 'send', 'offsets', end].map((name) => `${id}.${name}`);
    expect(calls).toEqual([...whole('a~2', 'commit'), ...whole('a', 'abort'), ...whole('a~2', 'commit')]);
  });

  test('both fence their predecessors, also when the one cannot', async () => {
    const { calls, port } = told(['a.init']);
    await expect(port.init()).rejects.toThrow('a.init');
    expect(calls).toEqual(['a.init', 'a~2.init']);
  });

  test('both are closed', async () => {
    const { calls, port } = told();
    await port.close();
    expect(calls).toEqual(['a.close', 'a~2.close']);
  });

  test('no two slots have an id in common', () => {
    const ids = ['app-1', 'app-12', 'app-1-2', 'app-2'].flatMap(idsOf);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
