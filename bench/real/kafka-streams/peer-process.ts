import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cached, recipeAt } from '../../../docker/stack/cache.ts';
import type { Variables } from '../../../docker/stack/data-folder.ts';
import { java } from '../../../docker/stack/java.ts';
import { fetchWith } from '../../../docker/stack/run-program.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { endsWithUs } from '../ends-with-us.ts';
import { processCpu } from '../process-figures.ts';

const POM = new URL('./pom.xml', import.meta.url);
const SOURCE = fileURLToPath(new URL('./Peer.java', import.meta.url));

/** What runs the peer: a Java that compiles what it runs, and Kafka Streams, fetched with Maven the first time (95 MB). */
export interface PeerProgram {
  readonly java: string;
  readonly libraries: string;
}

/** @throws StreamsError `tool-missing` without Java or Maven, `download-failed` when Maven reaches nothing. */
export async function peerProgram(progress: (line: string) => void): Promise<PeerProgram> {
  const { program } = await java(17, progress);
  const goal = ['-B', '-ntp', '-q', '-f', fileURLToPath(POM), 'dependency:copy-dependencies'];
  const libraries = await cached(
    'kafka-streams',
    recipeAt(POM),
    async (folder) => {
      await fetchWith('mvn', [...goal, `-DoutputDirectory=${folder}`], { for: 'Kafka Streams' });
    },
    progress,
  );
  return { java: program, libraries: join(libraries, '*') };
}

export interface PeerOptions {
  readonly program: PeerProgram;
  readonly application: string;
  readonly variables: Variables;
  /** Kafka Streams' default exactly once is 100 ms. */
  readonly commitMs: number;
}

/** The same work on Kafka Streams (`Peer.java`), in a process of its own, with one thread. */
export class PeerProcess {
  readonly #process: ChildProcess;
  readonly #exit: Promise<unknown>;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sepsis-streams-peer-'));
  readonly #last: string[] = [];
  #ended = false;

  constructor({ program, application, variables, commitMs }: PeerOptions) {
    this.#process = spawn(
      program.java,
      [
        '-Xmx1g',
        '-cp',
        program.libraries,
        SOURCE,
        variables['KAFKA_BOOTSTRAP_SERVERS'] ?? '',
        application,
        this.#folder,
        String(commitMs),
        TOPIC.vitals,
        TOPIC.clinicalEvents,
        TOPIC.alerts,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    endsWithUs(this.#process);
    this.#exit = once(this.#process, 'exit').then(() => {
      this.#ended = true;
    });
    if (this.#process.stderr !== null)
      createInterface(this.#process.stderr).on('line', (line) => {
        this.#last.push(line);
        if (this.#last.length > 20) this.#last.shift();
      });
  }

  /** CPU-seconds so far, user and system, all threads. */
  cpu(): number {
    return processCpu(this.#process.pid ?? -1);
  }

  /** @throws when it ended by itself. */
  assertAlive(): void {
    if (this.#ended) throw new Error(`Kafka Streams ended:\n${this.#last.join('\n')}`);
  }

  /** Ends it in good order; CPU-seconds until then. */
  async stop(): Promise<number> {
    this.assertAlive();
    const cpu = this.cpu();
    this.#process.kill('SIGTERM');
    await this.#exit;
    rmSync(this.#folder, { recursive: true, force: true });
    return cpu;
  }
}
