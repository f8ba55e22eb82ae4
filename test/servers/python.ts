import { cached } from '../../docker/stack/cache.ts';
import { type Ended, fetchWith, runProgram } from '../../docker/stack/run-program.ts';
import { progress } from './shared.ts';

/** Kafka's and the registry's clients of another make: librdkafka and fastavro. */
const REQUIREMENT = 'confluent-kafka[avro,schemaregistry]==2.16.0';
const WHAT = { for: 'a reader of another make' };

/** A Python that can `import confluent_kafka`. */
export interface PythonKafka {
  /** Runs a script to its end. */
  readonly run: (script: string, args: readonly string[]) => Promise<Ended>;
}

/**
 * The Python of the PATH, with the packages in a folder of the cache: nothing is installed.
 * Throws `tool-missing` without Python, `download-failed` without pip, or when it reaches nothing (see `useServer`).
 */
export async function pythonKafka(): Promise<PythonKafka> {
  // Wheels are made for one version of Python.
  const version = await fetchWith('python3', ['-c', 'import sys; print(sys.version)'], WHAT);
  const install = ['-m', 'pip', 'install', '-q', '--no-input', '--disable-pip-version-check'];
  const folder = await cached(
    'python-kafka',
    `${REQUIREMENT} ${version}`,
    async (target) => {
      await fetchWith('python3', [...install, '--only-binary=:all:', '--target', target, REQUIREMENT], WHAT);
    },
    progress,
  );
  const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' };
  return { run: (script, args) => runProgram('python3', [script, ...args], { ...WHAT, env }) };
}
