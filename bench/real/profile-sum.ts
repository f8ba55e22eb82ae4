import { readFileSync } from 'node:fs';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Self time of one file or function, as a part of all time that was not idle. */
export interface SelfTime {
  readonly where: string;
  readonly seconds: number;
  readonly part: number;
}

const IDLE = '(idle)';

/** Where a process spent its CPU, from a file of `node --cpu-prof`: most first. */
export function selfTimes(file: string, by: 'file' | 'function'): readonly SelfTime[] {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const names = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const path = url.replace(/^file:\/\//, '').replace(/^.*\/node_modules\//, '');
      const short = path.startsWith('/') ? path.split('/').slice(-3).join('/') : path;
      const name = functionName === '' ? '(anonymous)' : functionName;
      if (url === '') return [id, name];
      return [id, by === 'file' ? short : `${name} ${short}:${lineNumber + 1}`];
    }),
  );
  const micros = new Map<string, number>();
  profile.samples.forEach((id, i) => {
    const name = names.get(id) ?? '?';
    micros.set(name, (micros.get(name) ?? 0) + (profile.timeDeltas[i] ?? 0));
  });
  micros.delete(IDLE);
  const all = [...micros.values()].reduce((sum, one) => sum + one, 0);
  return [...micros]
    .map(([where, of]) => ({ where, seconds: of / 1e6, part: of / all }))
    .sort((a, b) => b.seconds - a.seconds);
}
