import { OUTPUTS, type Output } from './eos-topology.ts';
import type { Log, Logged, Scenario } from './scenario.ts';

/** What is committed: the input, and the outputs that are to be verified. */
export interface EosLogs {
  readonly data: Log;
  readonly outputs: Readonly<Partial<Record<Output, Log>>>;
}

/** What a consumer sees of a run, read committed. */
export const logsOf = (scenario: Scenario, outputs: readonly Output[] = OUTPUTS): EosLogs => ({
  data: scenario.read('data'),
  outputs: Object.fromEntries(outputs.map((name) => [name, scenario.read(name)])),
});

interface Running {
  readonly min: number;
  readonly sum: number;
  readonly max: number;
  readonly cnt: number;
}

/** What must stand in each output after each record of a partition of the input, in order. */
function expectedOf(records: readonly Logged[]): Readonly<Record<Output, readonly Logged[]>> {
  const byKey = new Map<string, Running>();
  const expected: Record<Output, Logged[]> = { echo: [], min: [], sum: [], max: [], cnt: [] };
  for (const { key, value } of records) {
    if (value === 'poison') continue;
    expected.echo.push({ key, value: `${key}=${value}` });
    if (value === 'venom') continue;
    const n = Number(value);
    const before = byKey.get(key);
    const after: Running =
      before === undefined
        ? { min: n, sum: n, max: n, cnt: 1 }
        : {
            min: Math.min(before.min, n),
            sum: before.sum + n,
            max: Math.max(before.max, n),
            cnt: before.cnt + 1,
          };
    byKey.set(key, after);
    for (const name of ['min', 'sum', 'max', 'cnt'] as const)
      expected[name].push({ key, value: String(after[name]) });
  }
  return expected;
}

/**
 * Replays the committed input and holds each output against it, record by record and partition by partition; a record
 * that is missing or too many is a fault as well. Input and outputs have equally many partitions and the same keys, so
 * what comes of one partition stands in the one of the same number, in its order.
 */
export function eosFaults({ data, outputs }: EosLogs): string[] {
  const found: string[] = [];
  data.forEach((records, partition) => {
    const expected = expectedOf(records);
    for (const name of OUTPUTS) {
      const log = outputs[name];
      if (log === undefined) continue;
      const [wanted, got] = [expected[name], log[partition] ?? []];
      const at = wanted.findIndex(({ key, value }, i) => got[i]?.key !== key || got[i].value !== value);
      if (at >= 0)
        found.push(
          `${name}/${partition}: record ${at} is ${got[at]?.key} ${got[at]?.value}, not ${wanted[at]?.key} ${wanted[at]?.value}`,
        );
      else if (got.length > wanted.length)
        found.push(`${name}/${partition}: ${got.length - wanted.length} records too many`);
    }
  });
  return found;
}
