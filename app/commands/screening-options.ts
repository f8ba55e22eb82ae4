import type { TriggerSemantic } from '../../operators/clinical/qsofa.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { type Duration, durationOf } from '../../topology/model/time.ts';

/** How values in the window count. */
export const SEMANTICS: readonly TriggerSemantic[] = ['any', 'latest'];

/** @throws StreamsError `usage`, naming the option. */
export function durationFrom(option: string, text: string): Duration {
  const duration = durationOf(text);
  if (duration !== null) return duration;
  throw new StreamsError(
    'usage',
    `${option} ${text} is no duration; write 90s, 15m, 24h, 7d, 0 or unlimited.`,
  );
}

/** The address of a FHIR server, without a slash at its end. @throws StreamsError `usage` */
export function baseFrom(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && url.search === '' && url.hash === '' && !/\s/.test(text);
  if (!plain || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new StreamsError('usage', `--base ${text} is no absolute http(s) address of a FHIR server.`);
  }
  return text.replace(/\/+$/, '');
}
