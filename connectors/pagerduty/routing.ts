import { StreamsError } from '../../topology/model/errors.ts';

/** Routing keys by the unit that they are for; `default` is for all others. */
export type RoutingTable = ReadonlyMap<string, string>;

export const DEFAULT_ROUTE = 'default';

/** @throws StreamsError `configuration`: it is no integration key. */
export function routingKey(text: string, where: string): string {
  if (/^[0-9a-z]{32}$/i.test(text)) return text;
  throw new StreamsError(
    'configuration',
    `${where} is no integration key of the Events API v2, which has 32 letters and digits.`,
  );
}

/**
 * Reads `{"default": KEY, "5 West": KEY, …}`: names of units or locations as the alerts bear them.
 * @throws StreamsError `configuration`, which repeats no key.
 */
export function routingTable(text: string, where: string): RoutingTable {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (cause) {
    throw new StreamsError('configuration', `${where} holds no JSON.`, cause);
  }
  if (typeof said !== 'object' || said === null || Array.isArray(said) || !(DEFAULT_ROUTE in said))
    throw new StreamsError(
      'configuration',
      `${where} is no object with the routing key of each unit and a "${DEFAULT_ROUTE}".`,
    );
  return new Map(
    Object.entries(said).map(([unit, key]) => [unit, routingKey(String(key), `${where}, of "${unit}",`)]),
  );
}

/** Which routing key an alert goes to. Read again with each use, so that it may be changed; what cannot be read leaves the last one. */
export class Routing {
  readonly #read: () => RoutingTable;
  readonly #unreadable: (error: unknown) => void;
  #table: RoutingTable;

  /** @throws what `read` throws the first time; later that is told to `unreadable`. */
  constructor(read: () => RoutingTable, unreadable: (error: unknown) => void = () => {}) {
    this.#read = read;
    this.#unreadable = unreadable;
    this.#table = read();
  }

  /** Name of the route for a location: of the longest unit that the location is, or begins with. */
  aliasOf(location: string | null): string {
    const text = location?.trim().toLowerCase() ?? '';
    const units = [...this.#table.keys()].filter((unit) => unit !== DEFAULT_ROUTE && isIn(text, unit));
    return units.toSorted((a, b) => b.length - a.length)[0] ?? DEFAULT_ROUTE;
  }

  /** The key of a route; of one that is no more, the default. */
  keyOf(alias: string): string {
    try {
      this.#table = this.#read();
    } catch (error) {
      this.#unreadable(error);
    }
    return this.#table.get(alias) ?? this.#table.get(DEFAULT_ROUTE) ?? '';
  }
}

function isIn(location: string, unit: string): boolean {
  const name = unit.trim().toLowerCase();
  return name !== '' && location.startsWith(name) && !/^[\p{L}\p{N}]/u.test(location.slice(name.length));
}
