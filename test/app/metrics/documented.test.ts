import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HTTP_VARIABLES } from '../../../app/configuration/http.ts';
import { EngineMetrics } from '../../../app/metrics/engine-metrics.ts';
import { SinkMetrics } from '../../../app/metrics/sink-metrics.ts';
import { systemClock } from '../../../connectors/memory/clocks.ts';
import { ERRORS } from '../../../topology/model/errors.ts';

const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
const metrics = [new EngineMetrics().registry, new SinkMetrics('pagerduty', 'a', systemClock).registry];

test('the page has a row for each metric, with its type and its labels, and for no other', async () => {
  const rows = [...page.matchAll(/^\| `(sepsis_\w+)` \| (\w+) \| (.*?) \|/gm)].map(
    ([, name, type, labels = '']) => [name, type, [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label)],
  );
  const real = await Promise.all(
    metrics.flatMap((registry) =>
      registry.getMetricsAsArray().map(async (metric) => {
        const { type } = await registry.getSingleMetric(metric.name)!.get();
        return [metric.name, type, 'labelNames' in metric ? metric.labelNames : []];
      }),
    ),
  );
  const byName = (a: unknown[], b: unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);
  expect(rows.toSorted(byName)).toEqual(real.toSorted(byName));
});

test('every metric that a rule asks for is there', () => {
  const [, rules = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const names = new Set(metrics.flatMap((registry) => registry.getMetricsAsArray().map(({ name }) => name)));
  const asked = [...rules.matchAll(/\b(sepsis_\w+?)(?:_bucket)?(?=[[{\s)])/g)].map(([, name = '']) => name);
  expect(asked.length).toBeGreaterThan(15);
  expect(asked.filter((name) => !names.has(name))).toEqual([]);
});

/** The expressions of the rules by their names, each on one line. */
const rules = [...page.matchAll(/- alert: (\w+)\n([\s\S]*?)\n {8}labels:/g)].map(
  ([, name = '', body = '']) =>
    [
      name,
      body
        .split('expr:')[1]
        ?.replaceAll(/>-|\s+/g, ' ')
        .trim() ?? '',
    ] as const,
);

test.for(rules)('%s sees also what was never counted before', ([, rule]) => {
  // A series that begins does not increase with its first value, and what is nowhere is not 0.
  const ofOne = [...rule.matchAll(/increase\((sepsis_\w+_total(?:\{[^}]*\})?)\[(\w+)\]\)\) > 0(?![.\d])/g)];
  for (const [, series, range] of ofOne) {
    if (rule.includes(`unless sum by (sink) (increase(${series}[${range}])) > 0`)) continue;
    expect(rule).toContain(`${series} unless ${series?.replace(/\{.*/, '')} offset ${range}`);
  }
  expect(rule).not.toMatch(/\band\b.*increase\(.*== 0/);
});

test('every variable that is read is explained, and every code that is shown exists', () => {
  for (const [name] of HTTP_VARIABLES.matchAll(/HTTP_[A-Z_]+/g)) expect(page).toContain(`\`${name}\``);
  for (const [, code = ''] of page.matchAll(/"code":"([\w-]+)"/g))
    expect(Object.keys(ERRORS)).toContain(code);
});
