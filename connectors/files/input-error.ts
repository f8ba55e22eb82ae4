import { isStreamsError, StreamsError } from '../../topology/model/errors.ts';

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this user has no permission to read it',
  EPERM: 'this user has no permission to read it',
  EISDIR: 'it is a directory',
  EMFILE: 'too many files are open at once',
  Z_BUF_ERROR: 'the gzip file is cut off before its end',
  Z_DATA_ERROR: 'the gzip file is damaged',
};

/** How messages call an input: its path, or `standard input` for `-`. */
export const inputName = (file: string): string => (file === '-' ? 'standard input' : file);

/** What was wrong with reading a file, as one sentence for its user. */
export function inputError(file: string, cause: unknown): StreamsError {
  if (isStreamsError(cause)) return cause;
  const code = codeOf(cause);
  return unreadable(file, SYSTEM[code] ?? `reading failed with ${code}`, cause);
}

/** `Cannot read <file>: <why>.` */
export function unreadable(file: string, why: string, cause?: unknown): StreamsError {
  return new StreamsError('input-unreadable', `Cannot read ${inputName(file)}: ${why}.`, cause);
}

function codeOf(cause: unknown): string {
  if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string') {
    return cause.code;
  }
  return cause instanceof Error ? cause.message : String(cause);
}
