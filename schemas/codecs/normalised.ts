/**
 * The text of a schema without white space, and its attributes in one order: the same for all ways of writing it that a registry
 * may give it back in. A text that is no JSON stays as it is, and is refused as a schema.
 */
export function normalised(schema: string): string {
  try {
    return JSON.stringify(JSON.parse(schema), (_name, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  } catch {
    return schema;
  }
}
