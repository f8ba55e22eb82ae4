import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kafkaServer } from '../../servers/kafka.ts';
import { useServer } from '../../servers/use-server.ts';
import { SHARED } from './broker-group.ts';
import { BrokerWorld } from './broker-world.ts';
import { noted } from './case.ts';
import { groupCases } from './group-cases.ts';
import { groupScript } from './group-script.ts';
import { logScript, playLog } from './log-script.ts';
import { MemoryWorld } from './memory-world.ts';
import { playGroup } from './played-group.ts';
import { Requests } from './requests.ts';
import { staticMemberCases } from './static-member-cases.ts';
import { transactionCases } from './transaction-cases.ts';

const kafka = useServer(() => kafkaServer());
let requests: Requests;
beforeAll(async () => {
  requests = new Requests(kafka().bootstrap);
  await requests.ready();
});
afterAll(() => requests?.close());

const realWorld = async (): Promise<BrokerWorld> => {
  const name = `fidelity-${randomUUID()}`;
  return new BrokerWorld(requests, await requests.createTopic(name, 2), `${name}-`);
};

/** More of them, and others: `FIDELITY_RUNS=1000 FIDELITY_SEED=5 npx vitest run test/topology/fidelity`. */
const RUNS = Number(process.env['FIDELITY_RUNS'] ?? 60);
const SEED = Number(process.env['FIDELITY_SEED'] ?? 1);

describe('the in-memory cluster answers as a real broker does', { concurrent: true }, () => {
  test(`random scripts of logs, transactions and offsets: ${RUNS} of seed ${SEED}`, async () => {
    await fc.assert(
      fc.asyncProperty(logScript, async (script) => {
        const wanted = await playLog(await realWorld(), script);
        expect(await playLog(new MemoryWorld(2), script)).toEqual(wanted);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  test(`random scripts of groups: ${RUNS} of seed ${SEED}`, async () => {
    const topic = await requests.createTopic(`fidelity-${randomUUID()}`, 1);
    await fc.assert(
      fc.asyncProperty(groupScript, async (script) => {
        const { outcomes, answered } = await playGroup(new MemoryWorld(SHARED), script);
        const real = await playGroup(new BrokerWorld(requests, topic, randomUUID()), script, answered);
        expect(outcomes).toEqual(real.outcomes);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  test.for([...transactionCases, ...groupCases, ...staticMemberCases])('$name', async (one) => {
    const wanted = await noted(await realWorld(), one);
    expect(await noted(new MemoryWorld(SHARED), one)).toEqual(wanted);
  });
});
