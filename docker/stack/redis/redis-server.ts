import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { newAuthority } from '../certificates.ts';
import { freePorts } from '../free-ports.ts';
import { ServerProcess, withFreshPorts } from '../server-process.ts';
import { redisProgram } from './redis-program.ts';
import { askRedis, type RedisAddress } from './redis-request.ts';

/** How a Redis is started. */
export interface RedisOptions {
  /** Where its data, log and pid file go. */
  readonly folder: string;
  /** TLS only, and an ACL: the user may touch `sepsis:*` and nothing else, nobody comes in without a password. */
  readonly secure?: boolean;
  /** Keeps the data over a restart (append-only file, written out every second). */
  readonly durable?: boolean;
  readonly progress: (line: string) => void;
}

/** A running Redis. */
export interface RedisServer extends RedisAddress {
  /** May do everything, where there are users. */
  readonly admin: { readonly name: string; readonly password: string } | undefined;
  readonly process: ServerProcess;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** On the same port. */
  restart(): Promise<void>;
  pause(): void;
  resume(): void;
}

/** Starts a Redis on 127.0.0.1 and waits until it says that it is the process that was started. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { folder, progress, secure = false, durable = false } = options;
  mkdirSync(folder, { recursive: true });
  const { program, env } = await redisProgram(secure, progress);
  const security = secure ? await secured(folder) : undefined;
  return withFreshPorts(async () => {
    const [port = 0] = await freePorts(1);
    const process = new ServerProcess({
      name: 'redis',
      program,
      args: [
        ...(security === undefined ? ['--port', String(port)] : ['--port', '0', '--tls-port', String(port)]),
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
        '--save',
        '',
        '--appendonly',
        durable ? 'yes' : 'no',
        ...(security?.args ?? []),
      ],
      env,
      folder,
    });
    const host = security === undefined ? '127.0.0.1' : 'localhost';
    const address: RedisAddress = { host, port, user: security?.user, ca: security?.ca };
    const asAdmin: RedisAddress = { ...address, user: security?.admin };
    const ready = async (): Promise<void> => {
      process.start();
      await process.answers(async () => {
        const info = await askRedis(asAdmin, 'INFO server');
        return info.includes(`process_id:${process.pid}\r`);
      });
    };
    try {
      await ready();
    } catch (error) {
      await process.kill();
      throw error;
    }
    return {
      ...address,
      admin: security?.admin,
      process,
      stop: () => process.stop(),
      kill: () => process.kill(),
      restart: async () => {
        await process.stop();
        // Its port may be somebody's for a moment, and only this port will do.
        for (let tries = 1; ; tries++) {
          try {
            return await ready();
          } catch (error) {
            if (tries === RESTARTS) throw error;
            await process.kill();
            await setTimeout(RESTART_PAUSE);
          }
        }
      },
      pause: () => process.pause(),
      resume: () => process.resume(),
    };
  });
}

const RESTARTS = 5;
const RESTART_PAUSE = 300;

/** What the topology's snapshots need, and no more. */
const COMMANDS =
  '+get +set +mget +del +unlink +exists +expire +incr +hset +hget +hgetall +hmget +hdel +hlen +hscan +scan';
const SCRIPTS = '+eval +evalsha +script|load +ping +info +hello +client +select +multi +exec +cluster|info';

async function secured(folder: string): Promise<{
  readonly user: { readonly name: string; readonly password: string };
  readonly admin: { readonly name: string; readonly password: string };
  readonly ca: string;
  readonly args: readonly string[];
}> {
  const user = { name: 'sepsis', password: 'sepsis-pw' };
  const admin = { name: 'admin', password: 'admin-pw' };
  const authority = await newAuthority(join(folder, 'certificates'));
  const server = await authority.issue('localhost', ['DNS:localhost', 'IP:127.0.0.1']);
  const acl = join(folder, 'users.acl');
  writeFileSync(
    acl,
    [
      'user default off',
      `user ${admin.name} on >${admin.password} ~* &* +@all`,
      `user ${user.name} on >${user.password} ~sepsis:* resetchannels -@all ${COMMANDS} ${SCRIPTS}`,
      '',
    ].join('\n'),
  );
  const tls = [
    '--tls-cert-file',
    server.certificate,
    '--tls-key-file',
    server.key,
    '--tls-ca-cert-file',
    authority.ca,
  ];
  return { user, admin, ca: authority.ca, args: [...tls, '--tls-auth-clients', 'no', '--aclfile', acl] };
}
