import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { PagingStack } from '../app/pagerduty/paging-stack.ts';
import { until } from '../app/run/real-ward.ts';
import type { RunProcess } from '../app/run/run-process.ts';
import { fhirServer } from '../servers/fhir.ts';
import { redisServer } from '../servers/redis.ts';
import { useServer } from '../servers/use-server.ts';
import type { Round } from './course.ts';
import { Lag } from './lag.ts';
import { PublishPipe } from './publish-pipe.ts';

/** Every episode and every rise is a page; what was measured is said in it, so that the test can tell whose page it is. */
const EVERY_EPISODE = {
  PAGE_REFRACTORY: '0',
  PAGE_LACTATE: '999999',
  PAGE_HYPOTENSION: '0.001',
  PAGE_DETAILS: 'values',
};
/** The days of a recording pass in seconds, and what is published once more comes days late. */
const UNHURRIED = ['--lateness', 'unlimited'];

type Part = 'run-a' | 'run-b' | 'pagerduty' | 'ehr';

/** All servers, and all commands of the product as processes that can be killed, for the test of one file. */
export class WholePath extends PagingStack {
  readonly #redis = useServer(() => redisServer({ own: true }));
  readonly #fhir = useServer(() => fhirServer());
  readonly #parts = new Map<Part, RunProcess>();
  #pipe: PublishPipe | undefined;
  #published = 0;

  get fhir(): string {
    return this.#fhir().url;
  }

  get lag(): Lag {
    return new Lag(this.driver, 2);
  }

  /** Starts one, or all, under its slot. */
  launch(...parts: readonly Part[]): void {
    for (const part of parts) this.#parts.set(part, this.#command(part));
  }

  /** kill -9, and started again under its slot. */
  async kill(part: Part): Promise<void> {
    const one = this.#parts.get(part);
    one?.signal('SIGKILL');
    if ((await one?.exit) !== null) throw new Error(`${part} had ended before:\n${one?.text}`);
    this.launch(part);
  }

  /** Publishes a round through one process. */
  publish(lines: Round): void {
    this.#pipe ??= new PublishPipe(this.environment);
    this.#pipe.write(lines);
    this.#published += lines.length;
  }

  /** Publishes a round, and kills who reads it when some of it is there: in the middle of their work. */
  async publishKilling(part: Part, lines: Round): Promise<void> {
    const there = await this.lag.published();
    this.publish(lines);
    await until(async () => ((await this.lag.published()) > there ? true : undefined));
    await this.kill(part);
  }

  /** Publishes a round, and kills who pages when PagerDuty has one and the answer is on the way. */
  async publishKillingPager(lines: Round): Promise<void> {
    const { promise: held, resolve } = Promise.withResolvers<void>();
    this.server.faults = ({ event }) => {
      if (event?.event_action !== 'trigger') return undefined;
      setImmediate(resolve);
      return { kind: 'silence', taken: true };
    };
    this.publish(lines);
    await this.#alive(held);
    this.server.faults = () => undefined;
    await this.kill('pagerduty');
  }

  /** Kills who publishes when some of a round is there, and not all; then publishes it once more, as a file. */
  async publishTorn(lines: Round): Promise<void> {
    const there = await this.lag.published();
    this.publish(lines.slice(0, Math.ceil(lines.length / 2)));
    await until(async () => ((await this.lag.published()) > there ? true : undefined));
    await this.#pipe?.kill();
    this.#pipe = undefined;
    const file = join(mkdtempSync(join(tmpdir(), 'publish-')), 'again.ndjson');
    writeFileSync(file, lines.map((line) => `${Buffer.from(line).toString()}\n`).join(''));
    const again = this.start(['publish', file]);
    if ((await again.exit) !== 0) throw new Error(`publish failed:\n${again.text}`);
    this.#published = await this.lag.published();
  }

  /** Resolves when all that was published is screened and paged. */
  async paged(): Promise<void> {
    await this.#alive(this.lag.screened(this.#published));
    await this.#alive(this.lag.delivered('pagerduty'));
  }

  /** Resolves when all alerts are written back. */
  async written(): Promise<void> {
    await this.#alive(this.lag.delivered('ehr'));
  }

  /** Ends everything in good order; exit codes of those that were not killed. */
  async end(): Promise<(number | null)[]> {
    await this.#pipe?.end();
    for (const one of this.#parts.values()) one.signal('SIGTERM');
    return Promise.all([...this.#parts.values()].map(({ exit }) => exit));
  }

  /** Every record of the alerts topic, partition by partition. */
  async alerts(): Promise<SepsisAlert[]> {
    const records = await this.read(TOPIC.alerts);
    return records.flatMap(({ value }) => (value === null ? [] : [this.topics.alerts.value.decode(value)]));
  }

  #command(part: Part): RunProcess {
    const { host, port } = this.#redis();
    switch (part) {
      case 'pagerduty':
        return this.start(['pagerduty', '--slot', 'p'], { ...this.paging, ...EVERY_EPISODE });
      case 'ehr':
        return this.start(['ehr', '--slot', 'e'], {
          FHIR_BASE_URL: this.fhir,
          EHR_RESOURCES: 'Observation,RiskAssessment',
        });
      default:
        return this.start(['run', '--slot', part, ...UNHURRIED], {
          REDIS_HOST: host,
          REDIS_PORT: String(port),
        });
    }
  }

  /** Waits, unless a process ends that nobody asked to. */
  #alive<T>(work: Promise<T>): Promise<T> {
    const ended = [...this.#parts].map(async ([part, one]): Promise<never> => {
      const code = await one.exit;
      throw new Error(`${part} ended with ${code}:\n${one.text}`);
    });
    return Promise.race([work, ...ended]);
  }
}
