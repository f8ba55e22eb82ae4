import { readFileSync } from 'node:fs';
import { StreamsError } from '../../topology/model/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A secret that is given as `NAME`, or in the file that `NAME_FILE` names, where it is read with each use, so that it may be
 * changed while the process runs; a line feed at its end is not part of it. While a file that was read before cannot be read, or holds no
 * secret, as in the moment in which it is replaced, the secret stays what it was. Undefined when neither is set.
 * What is wrong is added to `faults`; `checked` throws a StreamsError `configuration` for a secret that is none.
 */
export function secretOf(
  environment: Environment,
  name: string,
  faults: string[],
  checked: (secret: string) => string = (secret) => secret,
): (() => string) | undefined {
  const value = environment[name] ?? '';
  const file = environment[`${name}_FILE`] ?? '';
  if (value === '' && file === '') return undefined;
  if (value !== '' && file !== '') faults.push(`${name} and ${name}_FILE are both set: keep one of them.`);
  let last: string | undefined;
  const read = (): string => {
    try {
      last = checked(value === '' ? secretIn(file, name) : value);
      return last;
    } catch (error) {
      if (last === undefined || !(error instanceof StreamsError)) throw error;
      return last;
    }
  };
  try {
    read();
  } catch (error) {
    if (!(error instanceof StreamsError)) throw error;
    faults.push(whatOf(error));
  }
  return read;
}

function secretIn(file: string, name: string): string {
  const text = textIn(file, `${name}_FILE`).replace(/\r?\n$/, '');
  if (text === '')
    throw new StreamsError(
      'configuration',
      `${name}_FILE names ${file}, which is empty: put the secret there.`,
    );
  return text;
}

/** @throws StreamsError `configuration`, which names the variable and says why the file cannot be read. */
export function textIn(file: string, variable: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new StreamsError(
      'configuration',
      `${variable} names ${file}, which cannot be read (${code}): name a file that this user may read.`,
      cause,
    );
  }
}

/** What happened, without what the table adds. */
export const whatOf = (error: StreamsError): string => error.message.slice(0, -error.mend.length).trimEnd();
