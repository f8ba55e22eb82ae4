import { isStreamsError } from '../../topology/model/errors.ts';
import { textIn, whatOf } from './secret.ts';

/**
 * What the file that the variable names holds in PEM; undefined when it is not set, or holds none: that is added to
 * `faults`.
 */
export function pemIn(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  faults: string[],
): string | undefined {
  const file = environment[name] ?? '';
  if (file === '') return undefined;
  try {
    const text = textIn(file, name);
    if (text.includes('-----BEGIN ')) return text;
    faults.push(`${name} names ${file}, which holds nothing in PEM.`);
  } catch (error) {
    if (!isStreamsError(error)) throw error;
    faults.push(whatOf(error));
  }
  return undefined;
}
