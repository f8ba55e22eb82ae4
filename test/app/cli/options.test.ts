import { describe, expect, test } from 'vitest';
import { replayOptions } from '../../../app/replay/replay-options.ts';
import { isStreamsError } from '../../../topology/model/errors.ts';
import { hours, unlimited } from '../../../topology/model/time.ts';

/** What is said of arguments that are refused. */
function refusal(...args: readonly string[]): string {
  try {
    replayOptions(args);
  } catch (error) {
    if (isStreamsError(error) && error.code === 'usage') return error.message;
    throw error;
  }
  return '';
}

describe('the options of replay', () => {
  test('have defaults', () => {
    expect(replayOptions(['a', '-'])).toEqual({
      files: ['a', '-'],
      out: undefined,
      semantic: 'any',
      order: 'as-is',
      seed: 0,
      lateness: hours(24),
      patients: undefined,
      base: undefined,
      explain: false,
      partitions: 4,
      instances: 2,
    });
  });

  test('are read in any place', () => {
    const args =
      '--rule latest a --order=shuffled --seed 7 --lateness unlimited b --patients p --explain --out d';
    expect(replayOptions([...args.split(' '), '--base', 'https://ehr.example.org/fhir//'])).toMatchObject({
      files: ['a', 'b'],
      out: 'd',
      semantic: 'latest',
      order: 'shuffled',
      seed: 7,
      lateness: unlimited,
      patients: 'p',
      base: 'https://ehr.example.org/fhir',
      explain: true,
    });
  });

  test('end at --, behind which everything is a file', () => {
    expect(replayOptions(['--', '--seed', '7']).files).toEqual(['--seed', '7']);
  });

  const REFUSED: readonly (readonly [args: string, why: RegExp])[] = [
    ['', /needs at least one FILE/],
    ['a --frobnicate', /^Unknown option '--frobnicate'\. See `--help`\.$/],
    ['a --lateness', /^--lateness needs a value/],
    ['a --seed -3', /^--seed needs a value .*--seed=VALUE/],
    ['a --explain=yes --out d', /^Option '--explain' does not take an argument\. /],
    ['a --explain', /needs --out DIR/],
    ['a --lateness 5', /^--lateness 5 is no duration; write 90s, 15m/],
    ['a --lateness 1w', /is no duration/],
    ['a --lateness=-1h', /is no duration/],
    ['a --seed 1.5', /^--seed 1.5 is no whole number of at least 0/],
    ['a --seed=-1', /no whole number/],
    ['a --order sorted', /^--order sorted is unknown; it is as-is, event-time, reversed or shuffled\./],
    ['a --rule all', /^--rule all is unknown; it is any or latest\./],
    ['a --base ehr', /^--base ehr is no absolute http/],
    ['a --base ftp://x/fhir', /is no absolute http/],
    ['a --base https://x/fhir?a=b', /is no absolute http/],
    ['a --partitions 0', /from 1 to 256/],
    ['a --instances 1000', /from 1 to 64/],
    ['- b -', /can be read once only/],
    ['- --patients -', /can be read once only/],
    ['a --out=', /--out needs the name/],
  ];
  test.for(REFUSED)('%s: refused in one line', ([args, why]) => {
    const said = refusal(...args.split(' ').filter((arg) => arg !== ''));
    expect(said).toMatch(why);
    expect(said).toMatch(/^[^\n]+ See `--help`\.$/);
  });
});
