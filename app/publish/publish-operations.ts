import { Counter, Registry } from 'prom-client';
import type { Published } from '../../connectors/fhir-producer/sending.ts';
import type { Route } from '../../connectors/http/route.ts';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { healthRoutes } from '../health/routes.ts';
import { Workers } from '../health/workers.ts';
import { metricsRoute } from '../metrics/metrics-route.ts';

const SLOT = 'publish';
const REPORT_EVERY_MS = 1_000;

/** What a publisher that goes on tells of itself over HTTP: `/livez`, `/readyz` and `/metrics`. */
export class PublishOperations {
  readonly workers: Workers = new Workers([SLOT], systemClock);
  readonly routes: readonly Route[];
  readonly #registry = new Registry();
  readonly #retries: Counter<'code'>;
  #failing: string | undefined;

  /** @param token who may read the metrics; undefined: everybody. */
  constructor(published: Published, token: (() => string) | undefined) {
    const { records, refused, others } = published;
    this.#counting('sepsis_published_records_total', 'Records that are acknowledged.', 'topic', records);
    this.#counting('sepsis_publish_dead_letters_total', 'What was no FHIR.', 'reason', refused);
    this.#counting('sepsis_publish_passed_over_total', 'Resources of other types.', 'type', others);
    this.#retries = new Counter({
      name: 'sepsis_publish_retries_total',
      help: 'Failures of something outside that are tried again.',
      labelNames: ['code'],
      registers: [this.#registry],
    });
    this.routes = [...healthRoutes(this.workers), metricsRoute(this.workers, token)];
  }

  /** Something outside failed, and is tried again. */
  retrying(code: string): void {
    this.#retries.inc({ code });
    this.#failing = code;
  }

  /** What was to be done is done. */
  worked(): void {
    this.#failing = undefined;
  }

  /** Reports every second, until the function that it gives is called. */
  begin(): () => void {
    const report = async (): Promise<void> => {
      const metrics = await this.#registry.getMetricsAsJSON();
      this.workers.heard({
        slot: SLOT,
        live: true,
        tasks: 1,
        stalled: this.#failing,
        parked: undefined,
        metrics,
      });
    };
    void report();
    const timer = setInterval(() => void report(), REPORT_EVERY_MS).unref();
    return () => clearInterval(timer);
  }

  /** A counter over what is counted elsewhere. */
  #counting(name: string, help: string, label: string, counts: ReadonlyMap<string, number>): void {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      collect: () => {
        counter.reset();
        for (const [what, count] of counts) counter.inc({ [label]: what }, count);
      },
    });
  }
}
