import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { instantIn } from '../../app/ward/clock.ts';
import { writerOf } from '../../app/ward/stream-shapes.ts';
import { TOPIC } from '../../schemas/topics.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import type { ProducerPort } from '../../topology/ports/kafka-driver.ts';
import { endsWithUs } from './ends-with-us.ts';
import { HERE } from './here.ts';
import { packedCommand } from './packed.ts';
import { PagesTaken, type TakenPage } from './pages-taken.ts';
import { latencyFigures } from './percentiles.ts';
import { WorkerProcess } from './product.ts';
import { type Bench, freshName, type Scenario } from './scenario.ts';

/** Records per second, as of a large hospital. */
const RATE = 100;
/** One record in twenty makes a patient positive, who was not: far more than on a ward, and enough to see a p99. */
const EVERY = 20;
const WELL = 2_000;
/** Load before the measured part. */
const WARM_MS = 15_000;
const LONGEST_MS = 30_000;

/** Calls a minute beyond what PagerDuty grants: what is measured is the way, not the waiting for its limit. */
const UNLIMITED = '100000';

const now = (): number => performance.timeOrigin + performance.now();

/** The i-th record, planned for this time: half a turn before each value that pages comes one that alone does not. */
function recordOf(): (i: number, time: number) => OutgoingRecord {
  const write = { RR: writerOf('RR'), SBP: writerOf('SBP') };
  const encoder = new TextEncoder();
  return (i, time) => {
    const turn = Math.ceil(i / EVERY);
    const isDue = i > 0 && i % EVERY === 0;
    const isFirst = i % EVERY === EVERY / 2;
    const patient = isDue || isFirst ? WELL + turn : i % WELL;
    const sign = isFirst ? 'SBP' : 'RR';
    const value = isFirst ? 84 : isDue ? 26 : 14 + (i % 5);
    const instant = instantIn(time);
    const text = write[sign]({ patient, reading: i, time: instant, issued: instant, value, second: 50 });
    return { key: encoder.encode(`p${patient}`), value: encoder.encode(text), timestamp: Math.floor(time) };
  };
}

/** Sends at the rate until it is stopped, waiting for nobody; resolves when the last record is sent. */
function feed(producer: ProducerPort): () => Promise<void> {
  let stopping = false;
  const record = recordOf();
  const began = Math.ceil(now());
  const planned = (i: number): number => began + (i * 1_000) / RATE;
  const sending = (async () => {
    for (let sent = 0; !stopping; ) {
      const due = Math.floor(((now() - began) * RATE) / 1_000) + 1;
      if (due > sent) {
        const from = sent;
        sent = due;
        await producer.send(
          TOPIC.vitals,
          Array.from({ length: due - from }, (_, i) => record(from + i, planned(from + i))),
        );
      }
      await pause(Math.max(0, planned(sent) - now()));
    }
  })();
  return async () => {
    stopping = true;
    await sending;
  };
}

/** Milliseconds from the planned time of each record that made a page due until PagerDuty had taken the page. */
async function latencies({ cluster, options }: Bench): Promise<readonly number[]> {
  await cluster.empty(...Object.values(TOPIC));
  const application = freshName('page-latency');
  const taken = await PagesTaken.start();
  const worker = new WorkerProcess({ application, slot: 'w0', variables: cluster.forProduct });
  const cli = packedCommand(HERE);
  const sink = spawn(process.execPath, [cli, 'pagerduty', '--application', application, '--slot', 'p0'], {
    env: {
      ...process.env,
      ...cluster.forProduct,
      PAGERDUTY_URL: taken.url,
      PAGERDUTY_CA_FILE: taken.ca,
      PAGERDUTY_API_KEY: 'k'.repeat(32),
      PAGERDUTY_RATE: UNLIMITED,
      // The page then bears the time of the value.
      PAGE_DETAILS: 'values',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  endsWithUs(sink);
  const ended = once(sink, 'exit').then(([code]: unknown[]) => code);
  const producer = cluster.driver.producer();
  const endFeed = feed(producer);
  await pause(WARM_MS);
  const from = Date.now();
  const to = from + options.seconds * 1_000;
  await pause(to - from);
  const wanted = (options.seconds * RATE) / EVERY;
  const measured = (): readonly TakenPage[] => taken.pages.filter(({ due }) => due >= from && due < to);
  // What was planned until then must still come: left out, it would be the slowest.
  while (measured().length < wanted - 1 && Date.now() - to < LONGEST_MS) await pause(500);
  await endFeed();
  await worker.stop();
  sink.kill('SIGTERM');
  const code = await ended;
  await producer.close();
  await taken.stop();
  const found = measured();
  if (code !== 0) throw new Error(`pagerduty ended with ${String(code)}.`);
  if (Math.abs(found.length - wanted) > 1)
    throw new Error(`${found.length} pages were taken where ${wanted} were to come.`);
  return found.map(({ at, due }) => at - due);
}

export const pageLatency: Scenario = {
  name: 'page-latency',
  title: 'Latency, planned send to accepted page',
  run: async (bench) => {
    const runs: (readonly number[])[] = [];
    for (let i = 0; i < bench.options.repetitions; i++) runs.push(await latencies(bench));
    const figures = latencyFigures(`${RATE} records/s`, runs);
    for (const { name, samples } of figures)
      bench.say(`${name}: ${samples.map((ms) => ms.toFixed(1)).join(' ')} ms`);
    return figures;
  },
};
