import type { Patient } from 'fhir/r4.js';
import { HOUR, MINUTE } from './clock.ts';
import { appointments } from './context.ts';
import { keyOf, WARD_IDENTIFIER_SYSTEM } from './frame.ts';
import { chartsParts, mentation } from './mentation.ts';
import { deliveries, miskeyed, oddityDeck } from './oddity.ts';
import { admit, type WardPatient } from './patient.ts';
import { physiologyOf, type Vitals } from './physiology.ts';
import { queueOf } from './queue.ts';
import { mix, randomOf } from './random.ts';
import type { FhirTopic, WardRecord } from './record.ts';
import { bloodPressure, otherVitals, respiratoryRate } from './vitals.ts';

export interface WardOptions {
  readonly seed: number;
  /** Beds, all of them taken. 24 by default. */
  readonly patients?: number;
  /** Epoch milliseconds of the first round. */
  readonly start: number;
  /** How long rounds go on; the last late messages arrive up to 3 h after that. 12 by default; may be Infinity. */
  readonly hours?: number;
}

interface Bed {
  readonly patient: WardPatient;
  readonly measure: (at: number) => Vitals;
  rounds: number;
  /** Time of the last round after the start of the ward; -1 before the first. */
  seenUntil: number;
}

/**
 * A synthetic ward: FHIR R4 messages in the order of their arrival, made as they are asked for.
 * About a third of the patients get worse (two criteria, or three), half of those recover; values are corrected,
 * withdrawn, late, doubled, or not usable, as in real feeds. The same options always give the same messages.
 */
export function* ward(options: WardOptions): Generator<WardRecord, void, undefined> {
  const { seed, patients = 24, start, hours = 12 } = options;
  const arriving = queueOf<WardRecord>();
  const rounds = queueOf<Bed>();
  const round = roundsOf(seed, start, (record) => arriving.push(record.arrival, record));
  for (const patient of admit(seed, patients)) {
    const measure = physiologyOf(patient, start);
    const first = start + patient.random.between(0, 18) * MINUTE;
    rounds.push(first, { patient, measure, rounds: 0, seenUntil: -1 });
  }
  const end = start + hours * HOUR;
  while (rounds.next() < end) {
    const at = rounds.next();
    // Nothing of this round or a later one arrives before it begins.
    while (arriving.next() < at) yield* taken(arriving.pop());
    const bed = rounds.pop();
    if (bed !== undefined) rounds.push(at + round(bed, at), bed);
  }
  while (arriving.next() < Infinity) yield* taken(arriving.pop());
}

function* taken(record: WardRecord | undefined): Generator<WardRecord, void, undefined> {
  if (record !== undefined) yield record;
}

/** Charts one round and says how long it is until the next one of the same bed. */
function roundsOf(
  seed: number,
  start: number,
  send: (record: WardRecord) => void,
): (bed: Bed, at: number) => number {
  const deal = oddityDeck(randomOf(mix(seed, 3)));
  let parts = 0;
  return (bed, at) => {
    const { patient } = bed;
    const { random } = patient;
    const vitals = bed.measure(at);
    const id = `${patient.bed}-${bed.rounds++}`;
    const post = (topic: FhirTopic, arrival: number, resource: WardRecord['resource']): void =>
      send({ topic, key: keyOf(patient.bed, random), arrival: Math.floor(arrival), resource });

    for (const { due, topic, write } of appointments(patient, bed.seenUntil, at - start)) {
      const arrival = at + random.between(0, 5) * MINUTE;
      post(topic, arrival, write(start + due, arrival));
    }
    bed.seenUntil = at - start;

    const pressure = bloodPressure(patient, `${id}-bp`, vitals.sbp, vitals.dbp);
    const slips = patient.course.kind === 'miskeyed' && bed.rounds % 8 === 3;
    for (const delivery of [
      ...deliveries(deal(), respiratoryRate(patient, `${id}-rr`, vitals.rr), at, random),
      ...(slips ? miskeyed(pressure, at, random) : deliveries(deal(), pressure, at, random)),
    ]) {
      post('fhir.observation.vitals', delivery.arrival, delivery.resource);
    }

    const arrival = at + random.between(0.3, 6) * MINUTE;
    if (vitals.gcs < 15 || bed.rounds % 2 === 1) {
      const intubated = chartsParts(patient) && parts++ % 9 === 4;
      const topic = random.chance(0.1) ? 'fhir.observation.labs' : 'fhir.observation.vitals';
      for (const resource of mentation(patient, `${id}-gcs`, at, arrival, vitals.gcs, intubated)) {
        post(topic, arrival, resource);
      }
    }
    for (const resource of otherVitals(patient, id, at, arrival, vitals)) {
      post('fhir.observation.vitals', arrival, resource);
    }
    return roundMinutes(patient, vitals.illness) * MINUTE;
  };
}

/** The sicker, the sooner the nurse comes back: 15 to 60 minutes. */
function roundMinutes(patient: WardPatient, illness: number): number {
  const usual = illness > 0.4 ? 15 : patient.roundMinutes;
  return Math.max(15, Math.min(60, usual * patient.random.between(0.85, 1.25)));
}

/** The ward's Patient resources: they resolve the messages that name a patient by identifier only. */
export function wardPatients(options: Pick<WardOptions, 'seed' | 'patients'>): Patient[] {
  return admit(options.seed, options.patients ?? 24).map(({ bed }) => ({
    resourceType: 'Patient',
    id: bed,
    identifier: [{ system: WARD_IDENTIFIER_SYSTEM, value: `MRN-${bed}` }],
  }));
}
