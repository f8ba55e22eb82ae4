import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { FLOORS, OWNERS, PURE_NODE_MODULES, type Room } from './floors.ts';
import { type Import, importsOf } from './imports.ts';

/** What the published package calls itself, and where that leads in the checkout. */
const SELF: Readonly<Record<string, string>> = {
  'sepsis-streams': 'app/library.ts',
  'sepsis-streams/testing': 'topology/testing/testing.ts',
};

/** Every import of the files that the floor plan forbids, in words. Paths are relative to the project, with `/`. */
export function violations(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (const [file, source] of files) {
    const name = roomOf(file);
    const room = name === undefined ? undefined : FLOORS[name];
    if (name === undefined || room === undefined) {
      found.push(`${file}: lies in no room; name its room in test/architecture/floors.ts`);
      continue;
    }
    for (const edge of importsOf(source, file)) {
      const fault = faultOf(edge, file, name, room);
      if (fault !== undefined) found.push(`${file}: ${fault}`);
    }
  }
  return found;
}

/** The room with the longest path that holds the file. */
export function roomOf(file: string): string | undefined {
  return Object.keys(FLOORS)
    .filter((room) => file === room || file.startsWith(`${room}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}

function faultOf(edge: Import, file: string, name: string, room: Room): string | undefined {
  if (edge.from === undefined) {
    return room.rooms.includes('*') ? undefined : 'imports something computed at run time';
  }
  if (isBuiltin(edge.from)) return nodeFault(edge.from, name, room);
  if (edge.from.startsWith('.')) {
    return roomFault(posix.join(posix.dirname(file), edge.from), edge, name, room);
  }
  const self = SELF[edge.from];
  return self === undefined ? packageFault(edge, name, room) : roomFault(self, edge, name, room);
}

function nodeFault(specifier: string, name: string, room: Room): string | undefined {
  const module = specifier.replace(/^node:/, '');
  if (room.node === 'any') return undefined;
  if (room.node === 'pure' && PURE_NODE_MODULES.has(module)) return undefined;
  return `${name} may not import ${specifier}`;
}

function roomFault(target: string, edge: Import, name: string, room: Room): string | undefined {
  const other = roomOf(target);
  if (other === name) return undefined;
  if (other === undefined) {
    // The version lives in package.json, beside the house.
    const manifest = target === 'package.json' && room.rooms.includes('*');
    return manifest ? undefined : `imports ${target}, which lies in no room`;
  }
  if (room.rooms.includes(other)) return undefined;
  if (room.rooms.includes('*') && other !== 'test' && other !== 'bench') return undefined;
  if (room.types?.includes(other) === true) {
    return edge.typeOnly
      ? undefined
      : `${name} may import types of ${other} only: write \`import type\` (${target})`;
  }
  return `${name} may not import ${other} (${target})`;
}

function packageFault(edge: Import, name: string, room: Room): string | undefined {
  const parts = (edge.from ?? '').split('/');
  const wanted = parts.slice(0, parts[0]?.startsWith('@') === true ? 2 : 1).join('/');
  const owners = OWNERS[wanted];
  if (owners !== undefined && !owners.includes(name)) return `${name} may not import ${wanted}`;
  if (room.packages?.includes(wanted) === true || room.packages?.includes('*') === true) return undefined;
  if (room.packageTypes?.includes(wanted) === true) {
    return edge.typeOnly ? undefined : `${name} may import types of ${wanted} only: write \`import type\``;
  }
  return `${name} may not import ${wanted}`;
}
