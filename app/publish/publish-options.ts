import type { Format } from '../../connectors/fhir-producer/shape.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import { type Duration, type Instant, instant, milliseconds, seconds } from '../../topology/model/time.ts';
import { oneOf, parseOptions, wholeNumber } from '../commands/options.ts';
import { baseFrom, durationFrom } from '../commands/screening-options.ts';

/** What holds wherever the resources come from. */
export interface Target {
  readonly format: Format;
  /** File of Patient resources. */
  readonly patients: string | undefined;
  readonly base: string | undefined;
  readonly source: string;
  readonly createTopics: boolean;
}

export interface FromFiles {
  /** At least one; `-` is standard input. */
  readonly files: readonly string[];
  /** Records for each second. */
  readonly rate: number | undefined;
  readonly speed: number | undefined;
  readonly shiftToNow: boolean;
  /** What comes is of now, and not a recording. */
  readonly live: boolean;
  readonly dryRun: boolean;
}

export interface FromServer {
  readonly searches: readonly string[];
  readonly cursor: string;
  readonly since: Instant | undefined;
  readonly overlap: Duration;
  readonly every: Duration;
  readonly pageSize: number;
  readonly once: boolean;
}

export type PublishFiles = Target & { readonly from: 'files'; readonly files: FromFiles };
export type PublishServer = Target & { readonly from: 'server'; readonly server: FromServer };
export type PublishInlet = Target & { readonly from: 'inlet' };

/** What the command line says. */
export type PublishOptions = PublishFiles | PublishServer | PublishInlet;

const OPTIONS = {
  format: { type: 'string' },
  patients: { type: 'string' },
  base: { type: 'string' },
  source: { type: 'string', default: 'sepsis-streams' },
  'create-topics': { type: 'boolean', default: false },
  rate: { type: 'string' },
  speed: { type: 'string' },
  'shift-to-now': { type: 'boolean' },
  live: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  'fhir-server': { type: 'boolean', default: false },
  type: { type: 'string', multiple: true },
  cursor: { type: 'string' },
  since: { type: 'string' },
  overlap: { type: 'string' },
  every: { type: 'string' },
  'page-size': { type: 'string' },
  once: { type: 'boolean' },
  listen: { type: 'boolean', default: false },
} as const;

const OF_FILES = ['rate', 'speed', 'shift-to-now', 'live', 'dry-run'] as const;
const OF_SERVER = ['type', 'cursor', 'since', 'overlap', 'every', 'page-size', 'once'] as const;

/** @throws StreamsError `usage` */
export function publishOptions(args: readonly string[]): PublishOptions {
  const { values, positionals: files } = parseOptions(args, OPTIONS);
  const { listen, 'fhir-server': server, format, patients, base, source } = values;
  if ([files.length > 0, server, listen].filter(Boolean).length > 1)
    throw new StreamsError('usage', 'publish takes one of FILE..., --fhir-server and --listen.');
  if (files.length === 0 && !server && !listen)
    throw new StreamsError(
      'usage',
      'publish needs at least one FILE (- for standard input), or --fhir-server, or --listen.',
    );
  const foreign = [...(files.length > 0 ? [] : OF_FILES), ...(server ? [] : OF_SERVER)];
  for (const option of foreign)
    if (values[option] !== undefined)
      throw new StreamsError(
        'usage',
        `--${option} belongs to ${OF_FILES.some((one) => one === option) ? 'FILE...' : '--fhir-server'} alone.`,
      );
  if ([...files, patients].filter((file) => file === '-').length > 1)
    throw new StreamsError('usage', 'Standard input (-) can be read once only.');
  if (files.includes('')) throw new StreamsError('usage', 'A FILE has an empty name.');
  if (!/^[\x20-\x7e]{1,100}$/.test(source))
    throw new StreamsError('usage', '--source needs a name of plain characters.');
  const target: Target = {
    format: format === undefined ? 'as-is' : oneOf('--format', format, ['bare', 'envelope'] as const),
    patients,
    base: base === undefined ? undefined : baseFrom(base),
    source,
    createTopics: values['create-topics'],
  };
  if (listen) return { ...target, from: 'inlet' };
  if (server) return { ...target, from: 'server', server: fromServer(values) };
  const { rate, speed } = values;
  return {
    ...target,
    from: 'files',
    files: {
      files,
      rate: rate === undefined ? undefined : wholeNumber('--rate', rate, 1, 1_000_000),
      speed: speed === undefined ? undefined : speedFrom(speed),
      shiftToNow: values['shift-to-now'] ?? false,
      live: values.live ?? false,
      dryRun: values['dry-run'] ?? false,
    },
  };
}

function speedFrom(text: string): number {
  const speed = /^\d{1,9}(?:\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (speed >= 1) return speed;
  throw new StreamsError('usage', `--speed ${text} is no number of at least 1 (its own pace).`);
}

type Values = Readonly<
  Partial<Record<Exclude<(typeof OF_SERVER)[number], 'type' | 'once'>, string>> & {
    readonly type?: readonly string[];
    readonly once?: boolean;
  }
>;

const USUAL = ['Encounter', 'MedicationRequest', 'Observation'];

function fromServer(values: Values): FromServer {
  const { type: searches = USUAL, cursor, since, overlap, every } = values;
  if (cursor === undefined || cursor === '')
    throw new StreamsError('usage', '--fhir-server needs --cursor FILE, where it keeps how far it has read.');
  for (const search of searches)
    if (
      !/^[A-Z][A-Za-z]{1,40}(?:\?[\x21-\x7e]+)?$/.test(search) ||
      /[?&]_(?:sort|count|lastUpdated)\b/.test(search)
    )
      throw new StreamsError(
        'usage',
        `--type ${search} is no resource type, such as Observation or Observation?category=vital-signs.`,
      );
  return {
    searches: [...new Set(searches)],
    cursor,
    since: since === undefined ? undefined : timeFrom(since),
    overlap: overlap === undefined ? seconds(60) : finite('--overlap', overlap, milliseconds(0)),
    every: every === undefined ? seconds(5) : finite('--every', every, milliseconds(100)),
    pageSize: wholeNumber('--page-size', values['page-size'] ?? '200', 1, 10_000),
    once: values.once ?? false,
  };
}

function finite(option: string, text: string, least: Duration): Duration {
  const duration = durationFrom(option, text);
  if (Number.isFinite(duration) && duration >= least) return duration;
  throw new StreamsError('usage', `${option} ${text} is not from ${least} ms up.`);
}

function timeFrom(text: string): Instant {
  const time = /^\d{4}-\d\d-\d\d(?:T\S+)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return instant(time);
  throw new StreamsError('usage', `--since ${text} is no time, such as 2026-01-05 or 2026-01-05T10:00:00Z.`);
}
