import { type Feed, feed } from '../../connectors/files/feed.ts';
import type { FeedRecord } from '../../connectors/files/feed-record.ts';
import { inputName } from '../../connectors/files/input-error.ts';
import { patients } from '../../connectors/files/patients.ts';
import { qsofa } from '../../operators/clinical/qsofa.ts';
import { type ScreeningRules, screeningRules } from '../../operators/screening-rules.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import type { ReplaySummary } from '../console/replay-summary.ts';
import { eventTimeOf } from './event-time.ts';
import { OutputDirectory } from './output-directory.ts';
import type { ReplayOptions } from './replay-options.ts';
import { ReplayedCluster } from './replayed-cluster.ts';
import { Results, rounded } from './results.ts';
import { rounds } from './rounds.ts';
import { Sources } from './sources.ts';
import { ignoredInto, Tally } from './tally.ts';

/** What a replay tells while it runs. */
export interface ReplayWatch {
  /** Called when reading begins, and after each round with the records screened so far. */
  readonly progress: (input: Feed['statistics'], screened: number) => void;
  /** Ends the replay without results. */
  readonly signal: AbortSignal;
}

/**
 * Screens recorded FHIR by the real topology in this process, and writes the results when there is a directory.
 * @throws StreamsError `input-unreadable`, `input-too-large`, `input-without-fhir`, `output-unwritable`, `stopped`.
 */
export async function replay(options: ReplayOptions, watch: ReplayWatch): Promise<ReplaySummary> {
  const began = performance.now();
  const cpuBegan = process.cpuUsage();
  const rules = await rulesOf(options);
  const output = options.out === undefined ? undefined : new OutputDirectory(options.out);
  const sources = new Sources(options.files);
  const ignored = new Tally();
  const { partitions, instances } = options;
  const cluster = await ReplayedCluster.start({
    rules,
    partitions,
    instances,
    telemetry: ignoredInto(ignored),
    sources,
  });
  try {
    const results = new Results(output, sources, partitions);
    const input = feed(options.files, { order: options.order, seed: options.seed, eventTimeOf });
    await screen(input, cluster, results, watch);
    assertFhir(input);
    const final = cluster.patients();
    results.write();
    if (options.explain) results.explain(final, rules.window, rules.rule);
    const { records } = input.statistics;
    const { deadLettered, ...screened } = results.counts(final);
    const { user, system } = process.cpuUsage(cpuBegan);
    const cpuSeconds = (user + system) / 1e6;
    const summary: ReplaySummary = {
      records,
      used: records - ignored.total - results.deadLettered.total,
      ignored: ignored.byReason,
      deadLettered,
      ...screened,
      seconds: rounded((performance.now() - began) / 1_000, 3),
      cpuSeconds: rounded(cpuSeconds, 3),
      recordsPerCpuSecond: Math.round(records / cpuSeconds),
    };
    output?.write('summary.json', [JSON.stringify(summary, null, 2)]);
    await cluster.stop();
    output?.publish();
    return summary;
  } catch (error) {
    // What ends it is told already; that the instances cannot end well either would only hide it.
    await cluster.stop().catch(() => {});
    output?.discard();
    throw error;
  }
}

async function rulesOf({
  semantic,
  lateness,
  patients: file,
  base,
  explain,
}: ReplayOptions): Promise<ScreeningRules> {
  return screeningRules({
    rule: { ...qsofa, semantic },
    lateness,
    bases: base === undefined ? {} : { base },
    identifiers: file === undefined ? new Map() : await patients(file),
    // The broker's time is the replay's own: it says nothing of when a record arrived.
    trustTimestamp: false,
    trustOrigin: true,
    retain: explain ? 'all' : 'window',
  });
}

async function screen(
  input: Feed,
  cluster: ReplayedCluster,
  results: Results,
  { progress, signal }: ReplayWatch,
): Promise<void> {
  let screened = 0;
  progress(input.statistics, screened);
  for await (const round of untilStopped(rounds(input.batches), signal)) {
    results.add(await cluster.round(round));
    screened += round.length;
    progress(input.statistics, screened);
  }
}

/** Hands on the rounds; a signal ends it also while it waits for an input that says nothing. */
async function* untilStopped(
  source: AsyncGenerator<readonly FeedRecord[]>,
  signal: AbortSignal,
): AsyncGenerator<readonly FeedRecord[]> {
  // Not Promise.race with one promise for all rounds: that promise would hold on to each of them.
  let wake = (): void => {};
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    for (;;) {
      const next = await new Promise<IteratorResult<readonly FeedRecord[]>>((resolve, reject) => {
        wake = () => reject(new StreamsError('stopped', 'Stopped.'));
        if (signal.aborted) wake();
        else source.next().then(resolve, reject);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // A read that waits for ever cannot be waited for.
    if (!signal.aborted) await source.return(undefined);
  }
}

function assertFhir({ statistics }: Feed): void {
  const without = statistics.files.find(({ fhir }) => !fhir);
  if (without === undefined) return;
  const what = without.bytesRead === 0 ? 'is empty' : 'holds no FHIR';
  throw new StreamsError('input-without-fhir', `${sentenceStart(inputName(without.file))} ${what}.`);
}

const sentenceStart = (name: string): string => (name === 'standard input' ? 'Standard input' : name);
