/**
 * A feed at a fixed rate that waits for nobody: each Observation has its time by the plan and bears it as its own time, and what could
 * not be sent then is sent as soon as it can be. So a stall counts for every record that it held up.
 * One record in so many is of a patient with an open episode and changes the alert; the others change none.
 * Runs until it is ended. Arguments: records per second, one in so many, patients with an episode, patients without.
 */
import { instantIn } from '../../app/ward/clock.ts';
import { writerOf } from '../../app/ward/stream-shapes.ts';
import { TOPIC } from '../../schemas/topics.ts';
import type { OutgoingRecord } from '../../topology/model/record.ts';
import { BenchCluster } from './cluster.ts';

const [rate = 500, every = 20, ill = 240, well = 2_000] = process.argv.slice(2).map(Number);
const { env } = process;
const cluster = new BenchCluster({ KAFKA_BOOTSTRAP_SERVERS: env['KAFKA_BOOTSTRAP_SERVERS'] ?? '' });
const producer = cluster.driver.producer();
const write = { RR: writerOf('RR'), SBP: writerOf('SBP') };
const encoder = new TextEncoder();

const observation = (
  sign: 'RR' | 'SBP',
  patient: number,
  reading: number,
  value: number,
  time: number,
): OutgoingRecord => {
  const instant = instantIn(time);
  const text = write[sign]({ patient, reading, time: instant, issued: instant, value, second: 50 });
  return { key: encoder.encode(`p${patient}`), value: encoder.encode(text), timestamp: Math.floor(time) };
};

// An episode each, before the measured load.
const opened = Date.now() - 60_000;
const first = Array.from({ length: ill }, (_, patient) => [
  observation('SBP', patient, 0, 84, opened),
  observation('RR', patient, 0, 26, opened + 1),
]);
await producer.send(TOPIC.vitals, first.flat());

const began = Math.ceil(performance.timeOrigin + performance.now());
const now = (): number => performance.timeOrigin + performance.now();
const planned = (i: number): number => began + (i * 1_000) / rate;
const record = (i: number): OutgoingRecord => {
  const turn = Math.floor(i / every);
  if (i % every === 0)
    return observation('RR', turn % ill, 1 + Math.floor(turn / ill), 23 + (turn % 7), planned(i));
  return observation('RR', ill + (i % well), i, 14 + (i % 5), planned(i));
};

let sent = 0;
let stopping = false;
process.on('SIGTERM', () => {
  stopping = true;
});
while (!stopping) {
  const due = Math.floor(((now() - began) * rate) / 1_000) + 1;
  if (due > sent) {
    const batch = Array.from({ length: due - sent }, (_, i) => record(sent + i));
    sent = due;
    await producer.send(TOPIC.vitals, batch);
  }
  const pause = planned(sent) - now();
  if (pause > 0) await new Promise((done) => setTimeout(done, pause));
}
await cluster.driver.close();
