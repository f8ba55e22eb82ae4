/** What a file of the subset holds. */
export type Yaml = string | readonly string[] | { readonly [key: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly key: string;
  readonly value: string;
  readonly number: number;
}

/**
 * Reads the part of YAML that a compose file needs: mappings by indentation (two blanks), plain or double-quoted scalars,
 * lists of double-quoted strings on one line, comments on lines of their own. Throws on everything else, so that a file
 * that passes means the same to every reader of YAML.
 */
export function readYaml(text: string): Yaml {
  const lines = text
    .split('\n')
    .flatMap((line, i) => (/^\s*(#.*)?$/.test(line) ? [] : [lineOf(line, i + 1)]));
  const [value, rest] = mapping(lines, 0);
  if (rest[0] !== undefined) throw new SyntaxError(`line ${rest[0].number}: wrong indentation`);
  return value;
}

function lineOf(text: string, number: number): Line {
  const match = /^((?: {2})*)([A-Za-z_][\w-]*):(?: (.*\S))?$/.exec(text);
  if (match === null) throw new SyntaxError(`line ${number}: not a key and a value: ${text}`);
  return { indent: (match[1] ?? '').length, key: match[2] ?? '', value: match[3] ?? '', number };
}

function mapping(lines: readonly Line[], indent: number): [value: Yaml, rest: readonly Line[]] {
  const found = new Map<string, Yaml>();
  let rest = lines;
  for (let line = rest[0]; line?.indent === indent; line = rest[0]) {
    if (found.has(line.key)) throw new SyntaxError(`line ${line.number}: ${line.key} for the second time`);
    rest = rest.slice(1);
    if (line.value !== '') found.set(line.key, scalar(line));
    else {
      if (rest[0]?.indent !== indent + 2)
        throw new SyntaxError(`line ${line.number}: nothing below ${line.key}`);
      const [value, after] = mapping(rest, indent + 2);
      found.set(line.key, value);
      rest = after;
    }
  }
  return [Object.fromEntries(found), rest];
}

function scalar({ value, number }: Line): Yaml {
  if (value === '{}') return {};
  if (/^[["]/.test(value)) {
    const read: unknown = JSON.parse(value);
    if (typeof read === 'string') return read;
    if (Array.isArray(read) && read.every((item): item is string => typeof item === 'string')) return read;
    throw new SyntaxError(`line ${number}: not a list of strings`);
  }
  // Plain: nothing that YAML reads as something else than this text.
  if (
    /^[A-Za-z0-9][\w./@-]*(?::[\w./@-]+)*$/.test(value) &&
    !/^(?:yes|no|on|off|true|false|null|~|[\d.:]+)$/i.test(value)
  ) {
    return value;
  }
  if (/^\d+$/.test(value)) return value;
  throw new SyntaxError(`line ${number}: quote ${value}`);
}
