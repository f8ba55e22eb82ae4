import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as the system knows it: a number that is used again, and the time of birth that makes it one of a kind. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly birth: string;
}

/** Who runs under this number now; undefined when nobody does, or only a dead one that its parent has not fetched yet. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const birth = process.platform === 'linux' ? linuxBirth(pid) : birthByPs(pid);
  return birth === undefined ? undefined : { pid, birth };
}

/** Whether that very process still runs, and not another that was given its number. */
export const isRunning = ({ pid, birth }: ProcessIdentity): boolean => identityOf(pid)?.birth === birth;

/** Sends the signal to that very process; false when it no longer runs. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    return process.kill(identity.pid, name);
  } catch (error) {
    // It ended between the two lines.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

/** Waits until that process has ended; false when it still runs after so many milliseconds. */
export async function ended(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isRunning(identity)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** Ends it in order, and by force when it has not ended after `graceMs`. A paused process is woken, else it hears nothing. */
export async function end(identity: ProcessIdentity, graceMs: number): Promise<void> {
  if (graceMs > 0) {
    signal(identity, 'SIGTERM');
    signal(identity, 'SIGCONT');
    if (await ended(identity, graceMs)) return;
  }
  signal(identity, 'SIGKILL');
  await ended(identity, 30_000);
}

/** Start time in clock ticks since boot: field 22 of `stat`, counted behind the name, which may hold blanks and brackets. */
function linuxBirth(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function birthByPs(pid: number): string | undefined {
  try {
    const [state = 'Z', ...birth] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(/\s+/);
    return state.startsWith('Z') || birth.length === 0 ? undefined : birth.join(' ');
  } catch {
    return undefined;
  }
}
