import { beforeAll, describe, expect, test } from 'vitest';
import { type InMemoryCluster, inMemoryCluster } from '../../app/cluster/in-memory-cluster.ts';
import { ManualClock } from '../../connectors/memory/clocks.ts';
import { screeningRules } from '../../operators/screening-rules.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { HOUR, T0 } from './events.ts';
import { BASE, coded, type Json, observation, quantity, valued } from './fhir.ts';
import { folded } from './journal.ts';

const at = (ms: number): string => new Date(ms).toISOString();
const rate = (more: Json = {}): Json => observation({ id: 'rate', ...more });
const pressure = (more: Json = {}): Json =>
  valued('8480-6', { valueQuantity: quantity(90, 'mm[Hg]') }, { id: 'pressure', ...more });
const scale = (more: Json = {}): Json => valued('9269-2', { valueInteger: 13 }, { id: 'scale', ...more });

interface Outcome {
  readonly alerts: readonly SepsisAlert[];
  readonly audit: readonly string[];
  readonly deadLetters: number;
}

/** What the whole topology makes of these resources, each with the topic it lies in. */
async function screened(...records: readonly (readonly [topic: string, resource: Json])[]): Promise<Outcome> {
  const cluster: InMemoryCluster = await inMemoryCluster({
    rules: screeningRules({ bases: { base: BASE } }),
    clock: new ManualClock(T0 + 12 * HOUR),
    partitions: 2,
    instances: 1,
  });
  cluster.start();
  for (const [topic, resource] of records) {
    cluster.produce(topic, [
      { key: null, value: Buffer.from(JSON.stringify(resource)), timestamp: T0 + 12 * HOUR },
    ]);
    await cluster.drained();
  }
  const values = (topic: string): Uint8Array[] =>
    [...cluster.unread(topic)].flatMap(({ value }) => (value === null ? [] : [value]));
  const outcome = {
    alerts: values(TOPIC.alerts).map((value) => cluster.codecs.sepsisAlert.decode(value)),
    audit: values(TOPIC.audit).map((value) => JSON.stringify(cluster.codecs.auditEvent.decode(value))),
    deadLetters: values(TOPIC.deadLetters).length,
  };
  await cluster.stop();
  return outcome;
}

const vitals = (...resources: readonly Json[]): Promise<Outcome> =>
  screened(...resources.map((resource) => [TOPIC.vitals, resource] as const));
const raised = ({ alerts }: Outcome): number => alerts.filter(({ status }) => status === 'RAISED').length;

describe('the defects of the seed', () => {
  let plain: Outcome;
  beforeAll(async () => {
    plain = await vitals(rate(), pressure());
  });

  test('without any of them, a rate and a pressure fire once', () => {
    expect(raised(plain)).toBe(1);
  });

  test('D1 a systolic pressure counts where it stands: in a component of the panel', async () => {
    const panel = valued(
      '85354-9',
      {
        component: [
          { code: coded('8462-4'), valueQuantity: quantity(50, 'mm[Hg]') },
          { code: coded('8480-6'), valueQuantity: quantity(90, 'mm[Hg]') },
        ],
      },
      { id: 'panel' },
    );
    expect((await vitals(rate(), panel)).alerts).toMatchObject([
      { status: 'RAISED', history: [{ met: ['RR', 'SBP'] }] },
    ]);
  });

  test('D2 a GCS counts in any topic and under any category, or none', async () => {
    const category = [{ coding: [{ code: 'survey' }] }];
    expect(raised(await screened([TOPIC.vitals, rate()], [TOPIC.labs, scale({ category })]))).toBe(1);
    expect(raised(await screened([TOPIC.encounters, scale()], [TOPIC.vitals, rate()]))).toBe(1);
  });

  test('D3 every coding is searched: local codes may come first', async () => {
    const code = {
      coding: [
        { system: 'http://site', code: 'BT' },
        { system: 'http://loinc.org', code: '9279-1' },
      ],
    };
    expect(raised(await vitals(rate({ code }), pressure()))).toBe(1);
  });

  test('D4 records without a subject are dead letters and share no state', async () => {
    const outcome = await vitals(rate({ subject: undefined }), pressure({ subject: undefined }));
    expect(outcome).toMatchObject({ alerts: [], deadLetters: 2 });
  });

  test('D5 a versioned reference is the patient, not the version', async () => {
    const outcome = await vitals(rate({ subject: { reference: 'Patient/p1/_history/2' } }), pressure());
    expect(outcome.alerts).toMatchObject([{ patient: `${BASE}/Patient/p1` }]);
    expect(
      raised(
        await vitals(
          rate({ subject: { reference: 'Patient/a/_history/2' } }),
          pressure({ subject: { reference: 'Patient/b/_history/2' } }),
        ),
      ),
    ).toBe(0);
  });

  test('D6 what was entered in error never fires, and takes back what fired', async () => {
    const inError = { status: 'entered-in-error' };
    expect((await vitals(rate(inError), pressure())).alerts).toEqual([]);
    const outcome = await vitals(rate(), pressure(), rate({ ...inError, meta: { versionId: '2' } }));
    expect(outcome.alerts.map(({ status }) => status)).toEqual(['RAISED', 'RETRACTED']);
  });

  test('D7 event time decides: a replay hours later gives the same answer, and times bear their zone', async () => {
    const late = await vitals(
      pressure({ effectiveDateTime: at(T0) }),
      rate({ effectiveDateTime: at(T0 - 5 * HOUR) }),
    );
    expect(late.alerts).toMatchObject([
      { start: T0, end: T0 + HOUR + 1, eventTime: T0, processingTime: T0 + 12 * HOUR },
    ]);
    expect(
      raised(
        await vitals(pressure({ effectiveDateTime: at(T0) }), rate({ effectiveDateTime: at(T0 - 7 * HOUR) })),
      ),
    ).toBe(0);
  });

  test('D8 a message that changes nothing fires nothing', async () => {
    const heart = valued('8867-4', { valueQuantity: quantity(120, '/min') }, { id: 'heart' });
    const outcome = await vitals(rate(), pressure(), heart, pressure(), rate());
    expect(outcome.alerts).toHaveLength(1);
  });

  test('D9 each value has its own six hours: another abnormal one prolongs none', async () => {
    const hours = [0, 3, 6, 9].map((hour) =>
      rate({ id: `rate-${hour}`, effectiveDateTime: at(T0 + hour * HOUR) }),
    );
    const { alerts } = await vitals(pressure({ effectiveDateTime: at(T0) }), ...hours);
    expect(folded(alerts)).toMatchObject([{ status: 'RESOLVED', start: T0, end: T0 + 6 * HOUR + 1 }]);
  });

  test('D10 a number sent as text is a dead letter, and what follows is screened', async () => {
    const outcome = await vitals(
      rate({ id: 'text', valueQuantity: quantity('24', '/min') }),
      rate(),
      pressure(),
    );
    expect([outcome.deadLetters, raised(outcome)]).toEqual([1, 1]);
  });

  test('D11 units and comparators are read', async () => {
    expect(
      raised(
        await vitals(
          rate({ valueQuantity: quantity(0.3667, '/s') }),
          pressure({ valueQuantity: quantity(13.3, 'kPa') }),
        ),
      ),
    ).toBe(1);
    expect(raised(await vitals(rate(), pressure({ valueQuantity: quantity(13.4, 'kPa') })))).toBe(0);
    expect(
      raised(await vitals(rate({ valueQuantity: quantity(40, '/min', { comparator: '<' }) }), pressure())),
    ).toBe(0);
    expect(await vitals(rate(), pressure({ valueQuantity: quantity(90, 'furlong') }))).toMatchObject({
      alerts: [],
      deadLetters: 1,
    });
  });

  test('D12 no page can be lost before it is sent: the alert stands in its topic once its cause is committed', async () => {
    // `drained` waits for the commit of the input; whoever pages reads the alert, and marks it done only then.
    expect(plain.alerts).toMatchObject([{ status: 'RAISED', reason: 'ONSET' }]);
    expect(plain.audit).toHaveLength(1);
  });

  test('D13 nothing that a summary or an audit event is made of names the patient', () => {
    expect(plain.audit.join()).not.toMatch(/Patient|p1"/);
    expect(plain.alerts[0]?.alertId).toMatch(/^[0-9a-f]{64}$/);
  });
});
