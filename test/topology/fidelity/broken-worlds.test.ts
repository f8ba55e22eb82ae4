import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Case, noted } from './case.ts';
import { groupCases } from './group-cases.ts';
import { groupScript } from './group-script.ts';
import { logScript, playLog } from './log-script.ts';
import { MemoryWorld } from './memory-world.ts';
import { playGroup } from './played-group.ts';
import { staticMemberCases } from './static-member-cases.ts';
import { transactionCases } from './transaction-cases.ts';
import type { Committer, Identity, Joined, Joining, LogView, Pending, Place, Stamp } from './world.ts';

const SHARED = 60;
const RUNS = 60;

class FencesNobody extends MemoryWorld {
  override addPartitions(id: string, { producerId }: Identity, partitions: readonly number[]): Promise<void> {
    return super.addPartitions(id, { producerId, epoch: 0 }, partitions);
  }
  override async initProducerId(id: string | null, timeoutMs: number): Promise<Identity> {
    const { producerId } = await super.initProducerId(id, timeoutMs);
    return { producerId, epoch: 0 };
  }
}

class LeaksAborted extends MemoryWorld {
  override async look(partition: number): Promise<LogView> {
    const view = await super.look(partition);
    return { ...view, committed: view.all.filter((shown) => Number.parseInt(shown, 10) < view.stableEnd) };
  }
}

class ReadsBeyondTheStable extends MemoryWorld {
  override async look(partition: number): Promise<LogView> {
    const view = await super.look(partition);
    return { ...view, stableEnd: view.end };
  }
}

class AppendsAgain extends MemoryWorld {
  #sequence = 1_000;
  override produce(partition: number, values: readonly string[], stamp: Stamp | undefined): Promise<number> {
    return super.produce(
      partition,
      values,
      stamp && { ...stamp, producerId: this.#sequence++, sequence: 0, transactionalId: null },
    );
  }
}

class ReadsUnstable extends MemoryWorld {
  override committedOffset(groupId: string, partition: number): Promise<number | undefined> {
    return super.committedOffset(groupId, partition, false);
  }
}

class CommitsWhereItAborts extends MemoryWorld {
  override endTransaction(id: string, of: Identity): Promise<void> {
    return super.endTransaction(id, of, true);
  }
}

class TakesAnyGeneration extends MemoryWorld {
  override stageOffset(id: string, of: Identity, groupId: string, _as: Committer, at: Place): Promise<void> {
    return super.stageOffset(id, of, groupId, { generation: -1, memberId: '' }, at);
  }
}

class TakesAnyPlainCommit extends MemoryWorld {
  override async commitOffset(groupId: string, as: Committer, at: Place): Promise<void> {
    await super.commitOffset(groupId, as, at).catch(() => {});
  }
}

class ForgetsTheSlot extends MemoryWorld {
  override join(
    groupId: string,
    { memberId, sessionTimeoutMs, rebalanceTimeoutMs }: Joining,
  ): Pending<Joined> {
    return super.join(groupId, { memberId, sessionTimeoutMs, rebalanceTimeoutMs });
  }
}

class LetsNobodyKnow extends MemoryWorld {
  override async heartbeat(groupId: string, who: Committer): Promise<void> {
    await super.heartbeat(groupId, who).catch(() => {});
  }
}

const all: readonly Case[] = [...transactionCases, ...groupCases, ...staticMemberCases];

/** What the scripts and the cases say of a world. */
async function said(make: () => MemoryWorld): Promise<{ random: string[]; cases: string[] }> {
  const random: string[] = [];
  for (const script of fc.sample(logScript, { numRuns: RUNS, seed: 1 }))
    random.push(...(await playLog(make(), script)));
  for (const script of fc.sample(groupScript, { numRuns: RUNS, seed: 1 }))
    random.push(...(await playGroup(make(), script)).outcomes);
  const cases: string[] = [];
  for (const one of all) {
    const played = noted(make(), one).catch((error: unknown) => [String(error)]);
    cases.push(...(await Promise.race([played, idle()])));
  }
  return { random, cases };
}

/** Nothing here waits for anything outside of the process: what is not done in a turn of it never will be. */
async function idle(): Promise<string[]> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => void setImmediate(resolve));
  return ['it waits for ever'];
}

describe('a cluster that is none like Kafka is told apart', () => {
  test('two that are alike are not', async () => {
    expect(await said(() => new MemoryWorld(SHARED))).toEqual(await said(() => new MemoryWorld(SHARED)));
  });

  const broken = [
    FencesNobody,
    LeaksAborted,
    ReadsBeyondTheStable,
    AppendsAgain,
    ReadsUnstable,
    CommitsWhereItAborts,
    TakesAnyGeneration,
    TakesAnyPlainCommit,
    ForgetsTheSlot,
    LetsNobodyKnow,
  ];
  test.for(broken)('$name, by the random scripts and by the cases', async (Broken) => {
    const right = await said(() => new MemoryWorld(SHARED));
    const wrong = await said(() => new Broken(SHARED));
    expect(wrong.random).not.toEqual(right.random);
    expect(wrong.cases).not.toEqual(right.cases);
  });
});
