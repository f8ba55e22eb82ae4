import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { cacheFolder } from '../../../docker/stack/cache.ts';
import { kafkaLibraries } from '../../../docker/stack/kafka/class-archive.ts';
import { describeCluster } from '../../../docker/stack/kafka/describe-cluster.ts';
import { pidFilesBelow, readPidFile } from '../../../docker/stack/pid-files.ts';
import { isRunning, type ProcessIdentity, signal } from '../../../docker/stack/process-identity.ts';
import { redisProgram } from '../../../docker/stack/redis/redis-program.ts';
import { askRedis } from '../../../docker/stack/redis/redis-request.ts';
import { type Ended, runProgram } from '../../../docker/stack/run-program.ts';
import { progress } from '../../servers/shared.ts';
import { useServer } from '../../servers/use-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The downloads are there before anything else: what comes after them must do without Maven and the rest. */
const downloads = useServer(async () => ({
  kafka: await kafkaLibraries(progress),
  redis: await redisProgram(false, progress),
}));

const STACK = fileURLToPath(new URL('../../../docker/stack/stack.ts', import.meta.url));

/** The command as a user runs it, on a machine of its own as far as an environment can make one. */
interface Machine {
  readonly home: string;
  readonly temporary: string;
  readonly run: (...args: string[]) => Promise<Ended>;
}

function machine(env: NodeJS.ProcessEnv = {}): Machine {
  const home = temporaryFolder();
  const temporary = join(home, 'temporary');
  mkdirSync(temporary);
  const XDG_CACHE_HOME = join(cacheFolder(), '..');
  const own = { ...process.env, XDG_CACHE_HOME, HOME: home, TMPDIR: temporary, ...env };
  const run = (...args: string[]): Promise<Ended> =>
    runProgram(process.execPath, [STACK, ...args], { for: 'the test', env: own });
  onTestFinished(async () => void (await run('down')));
  return { home, temporary, run };
}

/** What is up below the folder. */
const processesBelow = (folder: string): ProcessIdentity[] =>
  pidFilesBelow(folder)
    .map(readPidFile)
    .filter((identity) => identity !== undefined);

const portOf = (line: string | undefined): number => Number(/(?:PORT=|:)(\d+)$/.exec(line ?? '')?.[1]);

test('up tells addresses that answer, status finds them, down leaves no process and no file', async () => {
  const { temporary, home, run } = machine();
  const started = await run('up', 'redis', 'kafka');
  expect(started).toMatchObject({ code: 0 });
  const lines = started.stdout.trimEnd().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^KAFKA_BOOTSTRAP_SERVERS=127\.0\.0\.1:\d+$/),
    expect.stringMatching(/^REDIS_HOST=127\.0\.0\.1 REDIS_PORT=\d+$/),
  ]);
  expect(await describeCluster(portOf(lines[0]))).toMatchObject({ brokers: 1 });
  expect(await askRedis({ host: '127.0.0.1', port: portOf(lines[1]) }, 'PING')).toBe('+PONG');
  expect(await run('status')).toMatchObject({
    code: 0,
    stdout: `kafka up ${lines[0]}\nredis up ${lines[1]}\n`,
  });
  const processes = processesBelow(temporary);
  expect(processes).toHaveLength(2);
  expect(readdirSync(home)).toEqual(['temporary']);
  expect(await run('down')).toMatchObject({ code: 0, stdout: expect.stringContaining('kafka is down') });
  expect(processes.filter(isRunning)).toEqual([]);
  expect(readdirSync(home)).toEqual(['temporary']);
  expect(readdirSync(temporary)).toEqual([]);
  expect(await run('status')).toMatchObject({ code: 0, stdout: 'Nothing is up.\n' });
  expect(await run('down')).toMatchObject({ code: 0, stdout: 'Nothing was up.\n' });
  expect(readdirSync(temporary)).toEqual([]);
});

test('downloads are made once: later it needs neither Maven nor apt-get nor pip', async () => {
  const { run } = machine({ PATH: temporaryFolder(), JAVA_HOME: join(downloads().kafka.java, '../..') });
  const own = downloads().redis.program.startsWith(cacheFolder());
  const ended = await run('up', 'kafka', ...(own ? ['redis'] : []));
  expect(ended).toMatchObject({ code: 0, stderr: '' });
});

test('a second up leaves what runs as it is, and starts again what has died', async () => {
  const { temporary, run } = machine();
  const data = join(temporary, 'data');
  onTestFinished(async () => void (await run('down', '--data', data)));
  const first = await run('up', 'redis', '--data', data);
  const second = await run('up', 'redis', '--data', data);
  expect(second).toMatchObject({ code: 0, stdout: first.stdout });
  expect(second.stderr).toContain('redis is up already');
  const [before] = processesBelow(data);
  if (before === undefined) throw new Error('nothing is up');
  signal(before, 'SIGKILL');
  expect(await run('status', '--data', data)).toMatchObject({ code: 4 });
  expect(await run('up', 'redis', '--data', data)).toMatchObject({ code: 0 });
  expect(await run('status', '--data', data)).toMatchObject({ code: 0 });
  expect(processesBelow(data)).toHaveLength(1);
});

test('a given folder keeps its data over down and up', async () => {
  const { temporary, run } = machine();
  const data = join(temporary, 'data');
  onTestFinished(async () => void (await run('down', '--data', data)));
  const first = portOf((await run('up', 'redis', '--data', data)).stdout.trimEnd());
  await askRedis({ host: '127.0.0.1', port: first }, 'SET kept yes');
  await run('down', '--data', data);
  expect(processesBelow(data)).toEqual([]);
  const second = portOf((await run('up', 'redis', '--data', data)).stdout.trimEnd());
  expect(await askRedis({ host: '127.0.0.1', port: second }, 'GET kept')).toBe('yes');
});

test('several at once do not collide, and down ends its own only', async () => {
  const machines = [machine(), machine(), machine()];
  const outputs = await Promise.all(machines.map(({ run }) => run('up', 'redis')));
  const ports = outputs.map(({ stdout }) => portOf(stdout.trimEnd()));
  expect(new Set(ports).size).toBe(3);
  await machines[0]?.run('down');
  const answers = await Promise.all(
    ports.map((port) => askRedis({ host: '127.0.0.1', port }, 'PING').catch(() => 'gone')),
  );
  expect(answers).toEqual(['gone', '+PONG', '+PONG']);
});

test('two at once for one folder start one server', async () => {
  const { temporary, run } = machine();
  const outputs = await Promise.all([run('up', 'redis'), run('up', 'redis')]);
  expect(outputs[0].stdout).toBe(outputs[1].stdout);
  expect(processesBelow(temporary)).toHaveLength(1);
});

test('a server that does not start is told with its log and the mend, and leaves nothing behind', async () => {
  const { temporary, run } = machine();
  const data = join(temporary, 'data');
  mkdirSync(join(data, 'redis/appendonlydir/appendonly.aof.manifest'), { recursive: true });
  const ended = await run('up', 'redis', '--data', data);
  expect(ended).toMatchObject({ code: 4, stdout: '' });
  expect(ended.stderr).toMatch(/redis ended while it started[\s\S]*appendonly[\s\S]*start it again/);
  expect(processesBelow(data)).toEqual([]);
  expect(existsSync(join(data, 'redis.env'))).toBe(false);
});

test('a signal ends what was being started', async () => {
  const { temporary, run } = machine();
  const data = join(temporary, 'data');
  const child = spawn(process.execPath, [STACK, 'up', 'kafka', '--data', data], { stdio: 'ignore' });
  onTestFinished(async () => void (await run('down', '--data', data)));
  const exited = once(child, 'exit');
  await expect.poll(() => processesBelow(data).length).toBe(1);
  const [broker] = processesBelow(data);
  if (broker === undefined) throw new Error('nothing is up');
  // Now it cannot become ready first.
  signal(broker, 'SIGSTOP');
  child.kill('SIGTERM');
  expect(await exited).toEqual([5, null]);
  expect(isRunning(broker)).toBe(false);
  expect(processesBelow(data)).toEqual([]);
  expect(existsSync(join(data, 'lock'))).toBe(false);
});

test('a missing tool is one clear line', async () => {
  const nothing = temporaryFolder();
  const { run } = machine({
    PATH: nothing,
    XDG_CACHE_HOME: nothing,
    JAVA_HOME: join(downloads().kafka.java, '../..'),
  });
  const { code, stderr } = await run('up', 'kafka');
  expect(code).toBe(4);
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(
    'stack: No mvn here; it is needed for Kafka. Install it, or use `docker/compose.yaml`.',
  );
});

test.each([[['up', 'zookeeper']], [['fly']], [['up', '--brokers', '2']]])('%j is refused', async (args) => {
  const { temporary, run } = machine();
  expect(await run(...args)).toMatchObject({ code: 2, stdout: '' });
  expect(readdirSync(temporary)).toEqual([]);
});

test('what up writes is what node --env-file reads', async () => {
  const { temporary, run } = machine();
  const data = join(temporary, 'data');
  onTestFinished(async () => void (await run('down', '--data', data)));
  const { stdout } = await run('up', 'redis', '--data', data);
  expect(readFileSync(join(data, 'redis.env'), 'utf8').trimEnd().split('\n')).toEqual(
    stdout.trimEnd().split(' '),
  );
});
