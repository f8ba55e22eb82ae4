import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Fields of `/proc/PID/stat` from the third on: the name of the program, which may hold blanks, is the second. */
function statOf(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

const POLICIES: readonly string[] = ['normal', 'SCHED_FIFO', 'SCHED_RR'];

/** How this process, and what it starts, is scheduled: `normal`, `SCHED_RR 5` (Linux). */
export function scheduling(): string {
  const fields = statOf(process.pid);
  const policy = POLICIES[Number(fields[38])] ?? `policy ${fields[38]}`;
  return policy === 'normal' ? policy : `${policy} ${fields[37]}`;
}

/** CPU-seconds of a process with all its threads so far, user and system (Linux). */
export function processCpu(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Bytes of memory that are the share of a process: pages of its own, and its part of shared ones (Linux). */
export function processPss(pid: number): number {
  const line = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return Number(line?.[1]) * 1024;
}
