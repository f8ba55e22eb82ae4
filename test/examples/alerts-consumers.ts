import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { java } from '../../docker/stack/java.ts';
import { mavenLibraries } from '../../docker/stack/maven.ts';
import { type Ended, runProgram } from '../../docker/stack/run-program.ts';
import { pythonKafka } from '../servers/python.ts';
import { progress } from '../servers/shared.ts';

const example = (path: string): URL => new URL(`../../examples/subscribe/${path}`, import.meta.url);

/** One of the example consumers, ready to run: `run(brokers, registry)`. */
export interface AlertsConsumer {
  readonly run: (brokers: string, registry: string) => Promise<Ended>;
}

const what = { for: 'an example' };

export const inTypeScript = (): Promise<AlertsConsumer> => {
  const script = fileURLToPath(example('typescript/episodes.ts'));
  return Promise.resolve({
    run: (...args) => runProgram(process.execPath, [script, ...args], what),
  });
};

/** Throws `tool-missing` or `download-failed` where there is no Python with these packages (see `useServer`). */
export async function inPython(): Promise<AlertsConsumer> {
  const python = await pythonKafka();
  return { run: (...args) => python.run(fileURLToPath(PYTHON), args) };
}

const PYTHON = example('python/episodes.py');
export const pythonSource = (): string => readFileSync(PYTHON, 'utf8');

/** The packages that the example names; those that the tests have are the same. */
export const pythonRequirements = (): string => readFileSync(example('python/requirements.txt'), 'utf8');

/** A Java that compiles what it runs. Throws `tool-missing` without Java or Maven, `download-failed` when Maven reaches nothing. */
export async function inJava(): Promise<AlertsConsumer> {
  const { program } = await java(17, progress);
  const libraries = await mavenLibraries('subscribe-java', example('java/pom.xml'), what.for, progress);
  const start = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', join(libraries, '*')];
  const source = fileURLToPath(example('java/Episodes.java'));
  return { run: (...args) => runProgram(program, [...start, source, ...args], what) };
}
