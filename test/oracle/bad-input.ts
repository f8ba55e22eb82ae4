import { randomBytes } from 'node:crypto';
import type { Codecs } from '../../schemas/codecs/bind.ts';
import { schemaIdOf } from '../../schemas/codecs/wire-format.ts';
import type { ClinicalEvent } from '../../schemas/generated/clinical-event.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { respiratoryRate, systolic } from '../app/replay/vital-signs.ts';
import { alert, vitalSigns } from '../schemas/avro/samples.ts';

/** What stands between two readings of a patient that together raise an alert. */
export interface BadInput {
  readonly name: string;
  readonly topic: string;
  readonly bad: readonly Bad[];
  /** All of it in one transaction, which ends so; else each record for itself. */
  readonly transaction?: 'committed' | 'aborted';
}

export interface Bad {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** Why it is a dead letter; undefined: it is none. */
  readonly reason: string | undefined;
}

const KEY = Buffer.from([0x6b, 0xff, 0x00]);
const bad = (reason: string | undefined, value: Uint8Array | null, key: Uint8Array | null = KEY): Bad => ({
  key,
  value,
  reason,
});
const MEGABYTES = 2 * 1024 * 1024;

const time = '2026-01-05T08:00:00Z';

/** The two readings as their topic has them: FHIR, or events of the repartition topic. */
export function readings(topic: string, patient: string, codecs: Codecs): readonly [Uint8Array, Uint8Array] {
  if (topic === TOPIC.vitals) {
    const more = { subject: { reference: patient } };
    return [
      Buffer.from(respiratoryRate(`${patient}-rr`.slice(8), time, 30, more)),
      Buffer.from(systolic(`${patient}-sbp`.slice(8), time, 80, more)),
    ];
  }
  const event = (kind: 'RESPIRATORY_RATE' | 'SYSTOLIC_BP', value: number): ClinicalEvent => ({
    ...vitalSigns,
    patient,
    resourceId: `${patient}-${kind}`,
    measurements: [{ kind, value, unitAssumed: false, code: '' }],
  });
  return [
    codecs.clinicalEvent.encode(event('RESPIRATORY_RATE', 30)),
    codecs.clinicalEvent.encode(event('SYSTOLIC_BP', 80)),
  ];
}

/** Everything that must not come, and comes. */
export function badInputs(codecs: Codecs): readonly BadInput[] {
  const vitals = (name: string, ...all: readonly Bad[]): BadInput => ({
    name,
    topic: TOPIC.vitals,
    bad: all,
  });
  const events = (name: string, ...all: readonly Bad[]): BadInput => ({
    name,
    topic: TOPIC.clinicalEvents,
    bad: all,
  });
  const whole = Buffer.from(codecs.clinicalEvent.encode(vitalSigns));
  const id = schemaIdOf(whole);
  const ofOther = Buffer.from(whole);
  ofOther.writeInt32BE(idOfAlerts(codecs), 1);
  const unknown = Buffer.from(whole);
  unknown.writeInt32BE(2_000_000_001, 1);
  const large = Buffer.concat([whole.subarray(0, 5), randomBytes(MEGABYTES)]);
  large.writeInt32BE(id, 1);
  const padded = `{"note":"${'x'.repeat(MEGABYTES)}",${respiratoryRate('padded', time, 30).slice(1)}`;
  const poison = bad('not-json', Buffer.from('{"resourceType":"Observation",'));
  const brokenAvro = bad('avro-unreadable', whole.subarray(0, -3));
  return [
    vitals('no key', bad('missing-time', withoutTime, null)),
    vitals('no value', bad('not-json', null)),
    vitals('neither key nor value', bad('not-json', null, null)),
    vitals('no bytes', bad('not-json', Buffer.alloc(0), Buffer.alloc(0))),
    vitals('broken JSON', poison),
    vitals('no UTF-8', bad('not-utf8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]))),
    vitals('JSON that is no FHIR', bad('not-fhir', Buffer.from('{"a":1}'))),
    vitals('two megabytes of FHIR', bad('too-large', Buffer.from(padded))),
    vitals('two megabytes of anything', bad('too-large', randomBytes(MEGABYTES))),
    vitals('poison after poison', poison, poison, poison),
    { ...vitals('poison in the middle of a transaction', poison), transaction: 'committed' },
    { ...vitals('poison in a transaction that is aborted', poison), transaction: 'aborted' },
    events('a foreign producer that writes no transaction'),
    events('broken Avro', brokenAvro),
    events('Avro with something behind it', bad('avro-unreadable', Buffer.concat([whole, Buffer.from([0])]))),
    events(
      'another magic byte',
      bad('avro-unreadable', Buffer.concat([Buffer.from([1]), whole.subarray(1)])),
    ),
    events('JSON', bad('avro-unreadable', Buffer.from('{"kind":"VITAL_SIGNS"}'))),
    events('fewer bytes than a schema id has', bad('avro-unreadable', whole.subarray(0, 4))),
    events('no bytes where Avro should be', bad('avro-unreadable', Buffer.alloc(0))),
    events('the id of no schema', bad('unknown-schema', unknown)),
    events('the id of the schema of another subject', bad('unknown-schema', ofOther)),
    events('two megabytes under the right id', bad('avro-unreadable', large)),
    events('an event without a key', bad('missing-key', whole, null)),
    events('a key without an event', bad(undefined, null)),
    { ...events('broken Avro in a foreign transaction', brokenAvro), transaction: 'committed' },
    { ...events('a foreign transaction that is aborted', brokenAvro), transaction: 'aborted' },
  ];
}

const withoutTime = Buffer.from(
  JSON.stringify({ ...JSON.parse(respiratoryRate('timeless', time, 30)), effectiveDateTime: undefined }),
);

const idOfAlerts = ({ sepsisAlert }: Codecs): number => schemaIdOf(sepsisAlert.encode(alert));
