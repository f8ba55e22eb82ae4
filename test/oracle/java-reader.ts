import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { jvmArguments, type KafkaLibraries, QUICK_START } from '../../docker/stack/kafka/kafka-libraries.ts';
import { key } from './real-cluster.ts';
import { lineOf, type Seen, upTo } from './real-reader.ts';

/** Java's own console consumer, reading a topic from its beginning while others write to it. */
export class JavaReader {
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #topic: string;
  readonly #seen = new Map<number, string[]>();
  readonly #errors: string[] = [];
  readonly #closed: Promise<unknown>;
  #rest = '';

  constructor(libraries: KafkaLibraries, folder: string, bootstrap: string, topic: string) {
    this.#topic = topic;
    const shown = ['partition', 'offset', 'key'].flatMap((what) => [
      '--formatter-property',
      `print.${what}=true`,
    ]);
    // Bytes in a printable form, of which nothing is lost.
    const bytes = ['key', 'value'].flatMap((what) => [
      '--formatter-property',
      `${what}.deserializer=org.apache.kafka.common.serialization.BytesDeserializer`,
    ]);
    this.#process = spawn(
      libraries.java,
      [
        ...jvmArguments(libraries, folder),
        QUICK_START,
        'org.apache.kafka.tools.consumer.ConsoleConsumer',
        '--bootstrap-server',
        bootstrap,
        '--topic',
        topic,
        '--from-beginning',
        '--isolation-level',
        'read_committed',
        ...shown,
        ...bytes,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#process.stdout.setEncoding('latin1').on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#line(line);
    });
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => this.#errors.push(text));
    this.#closed = once(this.#process, 'close');
  }

  /** What it saw of each partition, from its start up to its end; when it has seen the ends it is ended. */
  async end(from: ReadonlyMap<string, number>, to: ReadonlyMap<number, number>): Promise<Seen> {
    const sawEnds = (): boolean =>
      [...to].every(([partition, end]) =>
        this.#seen.get(partition)?.some((line) => Number.parseInt(line, 10) >= end),
      );
    while (!sawEnds()) {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null)
        throw new Error(`It ended:\n${this.#errors.join('').slice(-2_000)}`);
      await new Promise((resolve) => void setTimeout(resolve, 50));
    }
    this.#process.kill('SIGTERM');
    await this.#closed;
    const start = (partition: number): number => from.get(key({ topic: this.#topic, partition })) ?? 0;
    const behind = new Map(
      [...this.#seen].map(([partition, lines]) => [
        partition,
        lines.filter((line) => Number.parseInt(line, 10) >= start(partition)),
      ]),
    );
    return upTo(behind, to);
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  #line(line: string): void {
    const [, partition, offset, recordKey, value] = LINE.exec(line) ?? [];
    if (partition === undefined || offset === undefined || recordKey === undefined || value === undefined) {
      this.#errors.push(`A line that shows no record: ${line.slice(0, 80)}\n`);
      this.#process.kill('SIGKILL');
      return;
    }
    const seen = this.#seen.get(Number(partition)) ?? [];
    this.#seen.set(Number(partition), seen);
    seen.push(lineOf(Number(offset), bytesOf(recordKey), bytesOf(value)));
  }
}

const LINE = /^Partition:(\d+)\tOffset:(\d+)\t([^\t]*)\t([^\t]*)$/;

function bytesOf(printed: string): Uint8Array | null {
  if (printed === 'null') return null;
  const text = printed.replaceAll(/\\x([0-9A-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return Buffer.from(text, 'latin1');
}
