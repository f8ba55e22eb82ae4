import { type SepsisAlert, sepsisAlertSchema } from '../../schemas/generated/sepsis-alert.ts';
import type { Sources } from './sources.ts';

type Schema = string | readonly Schema[] | SchemaObject;

interface SchemaObject {
  readonly type: Schema;
  readonly name?: string;
  readonly logicalType?: string;
  readonly items?: Schema;
  readonly fields?: readonly { readonly name: string; readonly type: Schema }[];
}

type Show = (value: unknown) => unknown;

const DAY = 86_400_000;
const asIs: Show = (value) => value;
const isoTime: Show = (value) => new Date(Number(value)).toISOString();
const isoDate: Show = (value) => new Date(Number(value) * DAY).toISOString().slice(0, 10);

/** Turns a value of an Avro schema into JSON with the schema's field names, in its order, and with times as text. */
function showOf(schema: Schema, named: Map<string, Show>): Show {
  if (typeof schema === 'string') return named.get(schema) ?? asIs;
  if (isUnion(schema)) {
    const branches = schema.filter((branch) => branch !== 'null').map((branch) => showOf(branch, named));
    const [only = asIs] = branches;
    return (value) => (value === null ? null : only(value));
  }
  if (schema.logicalType === 'timestamp-millis') return isoTime;
  if (schema.logicalType === 'date') return isoDate;
  if (schema.type === 'array' && schema.items !== undefined) {
    const show = showOf(schema.items, named);
    return (value) => (Array.isArray(value) ? value.map(show) : value);
  }
  if (schema.type !== 'record' || schema.fields === undefined) return asIs;
  const fields = schema.fields.map(({ name, type }) => [name, showOf(type, named)] as const);
  const show: Show = (value) => {
    const record = new Map<string, unknown>(Object.entries(value ?? {}));
    return Object.fromEntries(fields.map(([name, field]) => [name, field(record.get(name))]));
  };
  if (schema.name !== undefined) named.set(schema.name, show);
  return show;
}

const isUnion = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema);

const show = showOf(JSON.parse(sepsisAlertSchema) as Schema, new Map());

/** An alert as a line of `alerts.jsonl`; what it names of the input is named as the input has it. */
export function alertLine(alert: SepsisAlert, sources: Sources): string {
  return JSON.stringify(
    show({
      ...alert,
      trigger: alert.trigger === null ? null : sources.original(alert.trigger),
      criteria: alert.criteria.map((criterion) => ({
        ...criterion,
        evidence: criterion.evidence.map((one) => ({ ...one, origin: sources.original(one.origin) })),
      })),
    }),
  );
}
