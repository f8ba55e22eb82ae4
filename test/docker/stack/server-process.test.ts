import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../../../docker/stack/free-ports.ts';
import { endAllBelow } from '../../../docker/stack/pid-files.ts';
import { identityOf } from '../../../docker/stack/process-identity.ts';
import { ServerProcess, withFreshPorts } from '../../../docker/stack/server-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

function nodeServer(folder: string, script: string): ServerProcess {
  const server = new ServerProcess({
    name: 'server',
    program: process.execPath,
    args: ['-e', script],
    folder,
  });
  onTestFinished(() => server.kill());
  return server;
}

const LISTEN = (port: number): string => `require('node:net').createServer().listen(${port}, '127.0.0.1')`;
const silence = (): Promise<boolean> => Promise.resolve(false);

test('one that dies while it starts is told with the last lines of its log and the mend', async () => {
  const server = nodeServer(temporaryFolder(), 'console.log("first"); console.error("no room on the disk")');
  server.start();
  const failure = server.answers(silence);
  await expect(failure).rejects.toThrow(
    /ended while it started[\s\S]*first\nno room on the disk\n[\s\S]*start it again/,
  );
});

test('one that never answers is told too', async () => {
  const server = nodeServer(temporaryFolder(), 'setInterval(() => {}, 1000)');
  server.start();
  await expect(server.answers(silence, 200)).rejects.toMatchObject({ code: 'server-not-started' });
});

test('an answer from somebody else does not make up for its own death', async () => {
  const server = nodeServer(temporaryFolder(), '0');
  server.start();
  const answeredByAnother = async (): Promise<boolean> => {
    while (server.isRunning) await new Promise((resolve) => setTimeout(resolve, 5));
    return true;
  };
  await expect(server.answers(answeredByAnother)).rejects.toThrow(/ended while it started/);
});

test('a program that is not there is an error', () => {
  const server = new ServerProcess({
    name: 'x',
    program: '/no/such/program',
    args: [],
    folder: temporaryFolder(),
  });
  expect(() => server.start()).toThrow(/ended at once/);
});

test('a start finds its port taken and goes on with another', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const { port: taken } = holder.address() as AddressInfo;
  const [free = 0] = await freePorts(1);
  const tried: number[] = [];
  const folder = temporaryFolder();
  const port = await withFreshPorts(async () => {
    const port = tried.length === 0 ? taken : free;
    tried.push(port);
    const server = nodeServer(`${folder}/${port}`, LISTEN(port));
    server.start();
    await server.answers(() => Promise.resolve(port === free));
    return port;
  });
  expect(tried).toEqual([taken, free]);
  expect(port).toBe(free);
});

test('any other fault is not tried again', async () => {
  let starts = 0;
  const start = async (): Promise<void> => {
    starts += 1;
    const server = nodeServer(temporaryFolder(), 'throw new Error("no")');
    server.start();
    await server.answers(silence);
  };
  await expect(withFreshPorts(start)).rejects.toThrow(/ended while it started/);
  expect(starts).toBe(1);
});

test('it is ended by the file that names it, also without the object that started it', async () => {
  const folder = temporaryFolder();
  const server = nodeServer(`${folder}/deep`, 'setInterval(() => {}, 1000)');
  server.start();
  const { pid } = server;
  expect(identityOf(pid)).toBeDefined();
  expect(await endAllBelow(folder, 10_000)).toBe(1);
  expect(identityOf(pid)).toBeUndefined();
  expect(existsSync(server.pidFile)).toBe(false);
});

test('the ports are different ones that can be had', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  const [first] = ports;
  const server = createServer().listen(first, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
});
