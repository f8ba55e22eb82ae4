/** Each step of the path alone, µs per record. Arguments: records, repetitions. */
import { syntheticStream } from '../../app/ward/stream.ts';
import { memorySchemaRegistry } from '../../connectors/memory/schema-registry.ts';
import type { FhirRecord } from '../../operators/decode-fhir.ts';
import { scorePatient } from '../../operators/score-patient.ts';
import { eventRules, screeningRules } from '../../operators/screening-rules.ts';
import { clinicalEvent } from '../../operators/to-clinical-events.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import { readResource } from '../../schemas/fhir/read-resource.ts';
import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import { TaskStore } from '../../topology/runtime/task-store.ts';
import { argument, cpuSeconds, report } from '../measure.ts';

const records = argument(0, 60_000);
const repetitions = argument(1, 5);

const registry = memorySchemaRegistry();
for (const { subject, schema } of Object.values(SUBJECTS)) await registry.register(subject, schema);
const { clinicalEvent: codec } = await bindCodecs(registry);
const rules = screeningRules();
const ofEvents = eventRules(rules);

const bytes: Uint8Array[] = [];
for (const one of syntheticStream({ seed: 3, patients: 1_000, intervalMinutes: 15, hours: records / 4_000 }))
  bytes.push(one);
const parsed: FhirRecord[] = bytes.map((value, offset) => {
  const resource = readResource(value);
  if ('reason' in resource) throw new Error(resource.detail);
  return { resource, origin: { topic: 'fhir.observation.vitals', partition: 0, offset }, arrival: undefined };
});
const events = parsed
  .map((record) => clinicalEvent(record, ofEvents))
  .filter((made): made is ClinicalEvent => 'kind' in made);
const encoded = events.map((event) => codec.encode(event));
const { step } = scorePatient(rules);

const STEPS: Readonly<Record<string, () => void>> = {
  'yardstick: JSON.parse': () =>
    each(
      bytes,
      (one) => JSON.parse(Buffer.from(one.buffer, one.byteOffset, one.length).toString()) as unknown,
    ),
  'read FHIR': () => each(bytes, readResource),
  'FHIR to clinical event': () => each(parsed, (record) => clinicalEvent(record, ofEvents)),
  'encode clinical event': () => each(events, (event) => codec.encode(event)),
  'decode clinical event': () => each(encoded, (one) => codec.decode(one)),
  'patient window, with its store': () => {
    const store = new TaskStore('patients', false);
    let n = 0;
    each(events, (event) => {
      const held = store.get(event.patient);
      const [state] = step(held, { key: event.patient, value: event, position: event.origin, timestamp: 0 });
      if (state !== undefined && state !== held) store.put(event.patient, state);
      if (++n % 4_000 === 0) store.promote();
    });
  },
};

let sink = 0;
function each<T>(items: readonly T[], work: (item: T) => unknown): void {
  for (const item of items) if (work(item) !== undefined) sink++;
}

const samples = new Map(Object.keys(STEPS).map((name): [string, number[]] => [name, []]));
for (let i = 0; i <= repetitions; i++) {
  for (const [name, run] of Object.entries(STEPS)) {
    const cpu = await cpuSeconds(run);
    // The first round warms up.
    if (i > 0) samples.get(name)?.push((cpu / bytes.length) * 1e6);
  }
}
if (sink === 0) throw new Error('nothing was done');
report([...samples].map(([name, values]) => ({ name, unit: 'µs per record', samples: values })));
