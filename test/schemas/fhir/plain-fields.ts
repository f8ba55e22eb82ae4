export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Takes fields of a JSON type from parsed JSON, and notes the path of each that has another. */
export class PlainFields {
  protected readonly faults: Set<string> = new Set<string>();

  protected field<T>(
    from: Json | undefined,
    key: string,
    path: string,
    is: (value: unknown) => value is T,
  ): T | undefined {
    const value = from === undefined ? undefined : from[key];
    if (from === undefined || !Object.hasOwn(from, key) || value === undefined || value === null)
      return undefined;
    if (is(value)) return value;
    this.faults.add(path === '' ? key : `${path}.${key}`);
    return undefined;
  }

  protected text(from: Json | undefined, key: string, path: string): string | undefined {
    return this.field(from, key, path, (value) => typeof value === 'string');
  }

  protected object(from: Json | undefined, key: string, path: string): Json | undefined {
    return this.field(from, key, path, isObject);
  }

  protected array(from: Json | undefined, key: string, path: string): readonly unknown[] {
    return this.field(from, key, path, (value): value is unknown[] => Array.isArray(value)) ?? [];
  }

  /** The objects in an array, each with its path. */
  protected objects(from: Json | undefined, key: string, path: string): [Json, string][] {
    const base = path === '' ? key : `${path}.${key}`;
    return this.array(from, key, path).flatMap((element, index): [Json, string][] => {
      if (isObject(element)) return [[element, `${base}[${index}]`]];
      if (element !== null) this.faults.add(`${base}[${index}]`);
      return [];
    });
  }
}
