import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Variables } from '../../../docker/stack/data-folder.ts';
import { java } from '../../../docker/stack/java.ts';
import { mavenLibraries } from '../../../docker/stack/maven.ts';
import { TOPIC } from '../../../schemas/topics.ts';
import { MeasuredProcess } from '../measured-process.ts';

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
  const folder = await mavenLibraries('kafka-streams', POM, 'Kafka Streams', progress);
  return { java: program, libraries: join(folder, '*') };
}

export interface PeerOptions {
  readonly program: PeerProgram;
  readonly application: string;
  readonly variables: Variables;
}

/** The same work on Kafka Streams (`Peer.java`), in a process of its own, with one thread. */
export class PeerProcess extends MeasuredProcess {
  readonly #folder: string;

  constructor({ program, application, variables }: PeerOptions) {
    const folder = mkdtempSync(join(tmpdir(), 'sepsis-streams-peer-'));
    const servers = variables['KAFKA_BOOTSTRAP_SERVERS'] ?? '';
    const topics = [TOPIC.vitals, TOPIC.clinicalEvents, TOPIC.alerts];
    const jvm = ['-Xmx1g', '-cp', program.libraries, SOURCE];
    super('Kafka Streams', program.java, [...jvm, servers, application, folder, ...topics]);
    this.#folder = folder;
  }

  /** Ends it in good order; CPU-seconds until then. */
  async stop(): Promise<number> {
    this.assertAlive();
    const cpu = this.cpu();
    await this.end();
    rmSync(this.#folder, { recursive: true, force: true });
    return cpu;
  }
}
