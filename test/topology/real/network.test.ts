import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WriteRequest } from '../../conformance/kafka-driver/under-test.ts';
import { kafkaServer } from '../../servers/kafka.ts';
import type { Way } from '../../servers/kafka-proxy/proxied-client.ts';
import { useServer } from '../../servers/use-server.ts';
import { HostileRig, happened } from './hostile-rig.ts';
import { LostUnheard } from './proxied-worker.ts';

const ROUNDS = Number(process.env['LOSS_ROUNDS'] ?? 6);
const WAYS: readonly Way[] = ['request', 'answer'];

/** The broker looks for transactions that are open for too long more often than every 10 s, and not as soon as it could. */
const SOON = { 'transaction.abort.timed.out.transaction.cleanup.interval.ms': '4000' };

/** What a worker asks for while it writes a transaction; the second one opens it. */
const ASKED = {
  1: ['init-producer-id', 'add-partitions', 'produce', 'add-offsets', 'txn-offset-commit', 'end-txn'],
  2: ['init-producer-id', 'produce', 'txn-offset-commit', 'end-txn'],
} as const satisfies Record<1 | 2, readonly WriteRequest[]>;

describe.each([2, 1] as const)(
  'a hostile network, transactions of version %i',
  {
    timeout: 1_800_000 + ROUNDS * 3_000,
  },
  (version) => {
    const kafka = useServer(() => kafkaServer({ own: true, transactionVersion: version, settings: SOON }));
    let rig: HostileRig;
    beforeAll(async () => {
      rig = await HostileRig.start(kafka().bootstrap);
    });
    afterAll(async () => {
      await rig?.stop();
    });

    test(`each request and each answer of a transaction is lost ${ROUNDS} times at each of two workers`, async () => {
      await rig.atWork();
      const lose = async (request: WriteRequest, way: Way): Promise<void> => {
        await Promise.all(
          rig.workers.map(async (worker) => {
            await worker.until(happened(rig.lose(worker, request, way)));
            // A row of failures without an end makes a worker patient.
            await worker.commitsMore(1);
          }),
        );
      };
      for (let round = 0; round < ROUNDS; round++)
        for (const request of ASKED[version]) for (const way of WAYS) await lose(request, way);
      await rig.atWork();
      expect(await rig.faults()).toEqual([]);
      const losses = ROUNDS * WAYS.length * rig.workers.length * ASKED[version].length;
      expect(rig.workers.flatMap(({ told }) => told.filter(failed)).length).toBeGreaterThanOrEqual(losses);
    });

    test('each request of a transaction arrives when its worker has long gone on', async () => {
      await rig.atWork();
      for (const request of ASKED[version]) {
        for (const worker of rig.workers) {
          const { underWay, breakOff, letGo, answer } = worker.network.hold(request, 'request');
          if (request === 'init-producer-id') void worker.network.lose('produce', 'answer');
          await worker.until(happened(underWay));
          breakOff();
          await worker.commitsMore(3);
          letGo();
          await worker.until(happened(answer));
          await worker.commitsMore(3);
        }
      }
      expect(await rig.faults()).toEqual([]);
    });

    test('an end of a transaction that comes when others wait for it stands', async () => {
      // The broker may have ended it just before, as one that is open for too long.
      while ((await rig.late('end-txn', 'others wait')) !== 0);
      await rig.atWork();
      expect(await rig.faults()).toEqual([]);
    });

    test('an end of a transaction that comes when others have gone on is refused', async () => {
      expect(await rig.late('end-txn', 'others go on')).not.toBe(0);
      await rig.atWork();
      expect(await rig.faults()).toEqual([]);
    });

    test('a transaction that begins when others have gone on comes to nothing', async () => {
      await rig.late(ASKED[version][1], 'others go on');
      await rig.atWork();
      expect(await rig.faults()).toEqual([]);
    });

    test('the same is seen of a worker that nobody fences and that hears of nothing', async () => {
      // The broker may have ended the transaction just before, as one that is open for too long, or given the partitions to others: then
      // nothing comes of it.
      const seen = async (): Promise<boolean> => {
        await rig.unfence();
        try {
          await rig.late(ASKED[version][1], 'others go on');
        } catch (error) {
          if (error instanceof LostUnheard) return false;
          throw error;
        }
        return rig.wrong();
      };
      while (!(await seen()));
    });
  },
);

const failed = (line: string): boolean => line.startsWith('aborted') || line.startsWith('retrying');
