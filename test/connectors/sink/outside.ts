/** What the other side of a sink has taken, in the order in which it took it. */
export interface Taken {
  readonly key: string;
  /** `partition/offset` of the records that came together. */
  readonly records: readonly string[];
  /** Process that sent it. */
  readonly by: string;
  readonly at: number;
}

/** Ways in which a sink broke its word to the other side. */
export function disorders(taken: readonly Taken[]): string[] {
  const found: string[] = [];
  for (const [key, of] of Map.groupBy(taken, ({ key }) => key)) {
    let before: Taken | undefined;
    for (const one of of) {
      const fault = before === undefined ? undefined : disorderBetween(before, one);
      if (fault !== undefined) found.push(`${key}: ${fault}`);
      before = one;
    }
  }
  return found;
}

/** What comes next begins behind what came before, or is that once more. */
function disorderBetween(before: Taken, after: Taken): string | undefined {
  const begins = offsetOf(after.records[0]);
  if (begins > offsetOf(before.records.at(-1)) || begins === offsetOf(before.records[0])) return undefined;
  return `${after.records.join()} of ${after.by} after ${before.records.join()} of ${before.by}`;
}

const offsetOf = (record: string | undefined): number => Number(record?.split('/')[1]);

/** Records that came more often than once. */
export function repeated(taken: readonly Taken[]): string[] {
  const counts = Map.groupBy(
    taken.flatMap(({ records }) => records),
    (record) => record,
  );
  return [...counts].filter(([, of]) => of.length > 1).map(([record]) => record);
}
