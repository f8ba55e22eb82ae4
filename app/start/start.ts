import { StreamsError } from '../../topology/model/errors.ts';
import { lookOf } from '../console/look.ts';
import { processIo, type StartIo } from './io.ts';
import { liveShow } from './live-show.ts';
import { START_HELP, type StartOptions, startOptions } from './options.ts';
import { metronome } from './pace.ts';
import { plainShow } from './plain-show.ts';
import type { Show } from './show.ts';
import { renderSummary, summaryOf } from './summary.ts';
import { wardOperations } from './ward-operations.ts';
import { WardRun } from './ward-run.ts';

/** Stopped by a second signal. */
const STOPPED = 5;
/** The terminal sends one Ctrl-C to npm and to us, and some npm passes theirs on: that is no second one. */
const ECHO_MS = 250;
/** Real time that a step of the ward stands for, at most: it keeps time and picture smooth at any speed. */
const STEP_MS = 50;

/**
 * `sepsis-streams start`: a synthetic ward through the whole topology, in memory. Resolves with the exit code: 0 done,
 * 5 when a second signal came.
 * @throws StreamsError `usage` and `configuration`, in one line; what ended an instance of the topology.
 */
export async function startCommand(args: readonly string[], io: Partial<StartIo> = {}): Promise<number> {
  const world: StartIo = { ...processIo(), ...io };
  const options = startOptions(args);
  if (options.help) {
    world.stdout.write(START_HELP);
    return 0;
  }
  refuseRealCluster(world.env);
  const ending = new AbortController();
  const { promise: killed, resolve: kill } = Promise.withResolvers<'killed'>();
  let asked = Number.NEGATIVE_INFINITY;
  const end = (): void => {
    if (!ending.signal.aborted) {
      asked = world.pace.now();
      ending.abort();
    } else if (world.pace.now() - asked >= ECHO_MS) kill('killed');
  };
  const stopListening = world.onInterrupt(end);
  // Whoever read our lines is gone (`| head`): that ends the run, and is no fault.
  const unheard = (): void => ending.abort();
  world.stdout.on('error', unheard);
  let show: Show | undefined;
  try {
    show = showOf(options, world);
    const outcome = await Promise.race([runToEnd(options, world, show, ending.signal), killed]);
    show.close();
    if (outcome === 'killed') return STOPPED;
    world.stdout.write(`${outcome.join('\n')}\n`);
    return 0;
  } finally {
    show?.close();
    stopListening();
    world.stdout.off('error', unheard);
  }
}

function refuseRealCluster(env: StartIo['env']): void {
  if ((env['KAFKA_BOOTSTRAP_SERVERS'] ?? '') === '') return;
  throw new StreamsError(
    'configuration',
    'KAFKA_BOOTSTRAP_SERVERS is set, but this build of start runs the in-memory demonstration only and connects to no Kafka: unset it.',
  );
}

function showOf(options: StartOptions, { stdout, env, pace }: StartIo): Show {
  const live = stdout.isTTY === true && env['TERM'] !== 'dumb';
  if (!live) return plainShow(stdout, options);
  return liveShow({ out: stdout, look: lookOf(env, true), speed: options.speed, pace });
}

/** Runs the ward until it is over or the signal comes. Resolves with the lines of the summary. */
async function runToEnd(
  options: StartOptions,
  { pace, env }: StartIo,
  show: Show,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const began = pace.now();
  const operations = await wardOperations(env);
  const run = await WardRun.begin({
    ...options,
    onAlert: show.alert,
    onPage: show.page,
    telemetry: operations?.telemetry,
  });
  try {
    operations?.follow(run.cluster);
    const until = metronome(pace, options.speed, run.now);
    while (!run.over && !signal.aborted) {
      await run.moveTo(run.now + STEP_MS * options.speed);
      show.step(run);
      await until(run.now, signal);
    }
    return renderSummary(summaryOf(run, (pace.now() - began) / 1_000));
  } finally {
    await run.stop();
    await operations?.close();
  }
}
