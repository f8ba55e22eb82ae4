import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Variables } from '../../docker/stack/data-folder.ts';
import { JEMALLOC, jemalloc } from '../../docker/stack/jemalloc.ts';
import { runProgram } from '../../docker/stack/run-program.ts';
import { progress } from '../servers/shared.ts';
import { useServer } from '../servers/use-server.ts';

const dockerfile = readFileSync(new URL('../../docker/Dockerfile', import.meta.url), 'utf8').replaceAll(
  '\\\n',
  ' ',
);

describe('the image', () => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM ')).split('\n');
  const environment = Object.fromEntries(
    last.flatMap((line) => [/^ENV (\w+)=(.*)$/.exec(line)?.slice(1) ?? []]),
  );

  test('installs the allocator that the bench runs under, in a full version, and leaves no lists', () => {
    const [install = ''] = last.filter((line) => line.includes('libjemalloc2'));
    expect(install).toMatch(/^RUN apt-get update +&& apt-get install -y --no-install-recommends (\S+) /);
    expect(install.split(' ')).toContain(JEMALLOC.package);
    expect(JEMALLOC.package).toMatch(/^libjemalloc2=\d+\.\d+\.\d+-\d+$/);
    expect(JEMALLOC.package).toContain(`=${JEMALLOC.version}-`);
    expect(install).toContain('rm -rf /var/lib/apt/lists/*');
    // As root.
    expect(last.indexOf(install)).toBeLessThan(last.findIndex((line) => line.startsWith('USER ')));
  });

  test('sets it as the bench does; the library by its name alone, which is right for every architecture', () => {
    expect(environment).toMatchObject({ LD_PRELOAD: JEMALLOC.library, MALLOC_CONF: JEMALLOC.conf });
  });
});

/** Tells what is mapped and how its threads are called, once it has had time to begin them. */
const LOOK = `
  const { readdirSync, readFileSync } = require('node:fs');
  const threads = () => readdirSync('/proc/self/task').map((id) => readFileSync('/proc/self/task/' + id + '/comm', 'utf8').trim());
  const tell = (tries) => {
    if (tries > 0 && !threads().includes('jemalloc_bg_thd')) return setTimeout(tell, 50, tries - 1);
    const mapped = readFileSync('/proc/self/maps', 'utf8').includes('/${JEMALLOC.library}');
    process.stdout.write(JSON.stringify({ mapped, background: threads().includes('jemalloc_bg_thd') }));
  };
  tell(40);
`;

describe('a program that is run as in the image', () => {
  const variables = useServer(() => jemalloc(progress));
  const look = async (more: Variables): Promise<{ stderr: string; seen: unknown }> => {
    const env = { ...process.env, ...more };
    const { code, stdout, stderr } = await runProgram(process.execPath, ['-e', LOOK], {
      for: 'the test',
      env,
    });
    expect(code).toBe(0);
    return { stderr, seen: JSON.parse(stdout) };
  };

  test('has its memory from jemalloc, whose thread is there and which finds nothing wrong', async () => {
    expect(await look(variables())).toEqual({ stderr: '', seen: { mapped: true, background: true } });
  });

  test('would have said what is wrong, and would have been seen to do without', async () => {
    const wrong = { ...variables(), MALLOC_CONF: `${JEMALLOC.conf},muzzy_decay:0` };
    expect((await look(wrong)).stderr).toMatch(/<jemalloc>.*muzzy_decay:0/);
    const missing = { ...variables(), LD_PRELOAD: '/nowhere/libjemalloc.so.2' };
    expect(await look(missing)).toEqual({
      stderr: expect.stringContaining('cannot be preloaded'),
      seen: { mapped: false, background: false },
    });
  });
});
