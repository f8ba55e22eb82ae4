import type { ChildProcess } from 'node:child_process';

/** A process that the bench started must not outlive it, however the bench ends. */
export function endsWithUs(child: ChildProcess): void {
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}
