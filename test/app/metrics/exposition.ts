/** A line of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a scrape says under one name. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const TYPES = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped']);
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/;
const NUMBER = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|Inf|NaN)$/i;

/**
 * Reads the text format of Prometheus, version 0.0.4, as its description has it and stricter than Prometheus itself.
 * @throws Error that names the line and the rule it breaks.
 */
export function readExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line does not end in a line feed.');
  const families = new Map<string, Family & { samples: Sample[] }>();
  let current: (Family & { samples: Sample[] }) | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const breaks = (rule: string): Error => new Error(`${rule}: ${line}`);
    if (line === '') continue;
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      if (!NAME.test(name)) throw breaks('no name of a metric');
      if (families.has(name)) throw breaks('a name twice, or its lines not together');
      current = { name, type: '', help: rest, samples: [] };
      families.set(name, current);
    } else if (kind === 'TYPE') {
      if (current?.name !== name || current.type !== '') throw breaks('a type without its help');
      if (!TYPES.has(rest)) throw breaks('no type');
      Object.assign(current, { type: rest });
    } else {
      if (current === undefined || current.type === '') throw breaks('a sample without a type');
      current.samples.push(sampleIn(line, current, breaks));
    }
  }
  for (const family of families.values()) assertWhole(family);
  return families;
}

function sampleIn(line: string, { name: of, type }: Family, breaks: (rule: string) => Error): Sample {
  const [, name = '', inBraces, number = ''] = SAMPLE.exec(line) ?? [];
  if (name === '') throw breaks('no sample');
  const suffixes =
    type === 'histogram' ? ['_bucket', '_sum', '_count'] : type === 'summary' ? ['', '_sum', '_count'] : [''];
  if (!suffixes.some((suffix) => name === `${of}${suffix}`)) throw breaks('a sample under another name');
  if (!NUMBER.test(number)) throw breaks('no number');
  const labels: Record<string, string> = {};
  for (let rest = inBraces ?? ''; rest !== ''; ) {
    const [whole = '', label = '', escaped = ''] = LABEL.exec(rest) ?? [];
    if (whole === '') throw breaks('no label');
    if (label in labels) throw breaks('a label twice');
    labels[label] = escaped.replace(/\\(.)/g, (_pair, escape: string) => (escape === 'n' ? '\n' : escape));
    rest = rest.slice(whole.length);
  }
  return { name, labels, value: Number(number.replace(/Inf$/i, 'Infinity')) };
}

const seriesOf = ({ name, labels }: Sample): string =>
  JSON.stringify([name, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);

function assertWhole(family: Family): void {
  const { name, type, help, samples } = family;
  const breaks = (rule: string): Error => new Error(`${rule}: ${name}`);
  if (type === '') throw breaks('no type');
  if (help === '') throw breaks('no help');
  if (type === 'counter' && !name.endsWith('_total')) throw breaks('a counter that does not end in _total');
  const seen = new Set<string>();
  for (const sample of samples) {
    if (seen.has(seriesOf(sample))) throw breaks('a series twice');
    seen.add(seriesOf(sample));
    if (type === 'counter' && !(sample.value >= 0)) throw breaks('a counter below nothing');
  }
  if (type === 'histogram') assertHistogram(family, breaks);
}

function assertHistogram({ name, samples }: Family, breaks: (rule: string) => Error): void {
  const withoutLe = ({ labels: { le: _le, ...labels } }: Sample): string =>
    seriesOf({ name, labels, value: 0 });
  for (const [, of] of Map.groupBy(samples, withoutLe)) {
    const buckets = of
      .filter((sample) => sample.name === `${name}_bucket`)
      .map(
        ({ labels: { le = '' }, value }) =>
          [le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), value] as const,
      );
    const count = of.find((sample) => sample.name === `${name}_count`)?.value;
    const sum = of.find((sample) => sample.name === `${name}_sum`)?.value;
    if (sum === undefined || count === undefined) throw breaks('a histogram without sum or count');
    let [bound, below] = [Number.NEGATIVE_INFINITY, 0];
    for (const [le, value] of buckets) {
      if (!(le > bound)) throw breaks('buckets out of order');
      if (!(value >= below)) throw breaks('buckets that do not add up');
      [bound, below] = [le, value];
    }
    if (bound !== Number.POSITIVE_INFINITY || below !== count) throw breaks('no bucket for all');
  }
}

/** The value of one series. @throws Error when there is none. */
export function valueOf(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const family = families.get(name) ?? families.get(name.replace(/_(?:bucket|sum|count)$/, ''));
  const wanted = seriesOf({ name, labels, value: 0 });
  const sample = family?.samples.find((one) => seriesOf(one) === wanted);
  if (sample === undefined) throw new Error(`The scrape has no ${name} ${JSON.stringify(labels)}.`);
  return sample.value;
}
