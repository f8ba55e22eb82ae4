import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../app/commands/commands.ts';
import { HELP as STACK_HELP } from '../../../docker/stack/arguments.ts';
import { ERRORS } from '../../../topology/model/errors.ts';

const project = join(import.meta.dirname, '../../..');
const mends = Object.entries(ERRORS).map(([code, { mend }]) => [code, mend] as const);
const helps = [...(await Promise.all(COMMANDS.map(({ help }) => help()))), STACK_HELP].join('\n');

/** What is named in some mends, each with the code that names it. */
const namedAs = (pattern: RegExp): [string, string][] =>
  mends.flatMap(([code, mend]) =>
    [...mend.matchAll(pattern)].map(([, name = '']): [string, string] => [code, name]),
  );

/** A variable, or how a user would see that it is none. */
const explained = (name: string): boolean => new RegExp(`(?<![A-Z_])${name}(?![A-Z_])`).test(helps);

describe('what an error tells one to do', () => {
  test('names variables that a help explains, and no others', () => {
    const variables = namedAs(/\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g);
    expect(variables.length).toBeGreaterThan(20);
    expect(variables.filter(([, name]) => !explained(name))).toEqual([]);
    expect(explained('REDIS_TLS_CA')).toBe(false);
  });

  test('names options that a command has', () => {
    const options = namedAs(/(--[a-z][a-z-]*)/g);
    expect(options.length).toBeGreaterThan(5);
    expect(options.filter(([, name]) => !new RegExp(`${name}\\b`).test(helps))).toEqual([]);
  });

  test('names commands and pages that are there', () => {
    const commands = namedAs(/`sepsis-streams ([a-z]+ [a-z]+)`/g);
    expect(commands.length).toBeGreaterThan(3);
    expect(commands.filter(([, name]) => !helps.includes(`sepsis-streams ${name}`))).toEqual([]);
    const files = namedAs(/((?:docs|docker)\/[\w.-]+\w)/g);
    expect(files.length).toBeGreaterThan(2);
    expect(files.filter(([, name]) => !existsSync(join(project, name)))).toEqual([]);
  });
});
