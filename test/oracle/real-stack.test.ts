import { fileURLToPath } from 'node:url';
import { describe, expect, type TestContext, test } from 'vitest';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { bindCodecs, type Codecs } from '../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import { TOPIC } from '../../schemas/topics.ts';
import { kafkaServer } from '../servers/kafka.ts';
import { pythonKafka } from '../servers/python.ts';
import { redisServer } from '../servers/redis.ts';
import { registryWithSchemas } from '../servers/registry.ts';
import { useServer } from '../servers/use-server.ts';
import { alertsDiffer } from './against.ts';
import { difference } from './comparison.ts';
import { REAL_DRIVERS } from './real-drivers.ts';
import { seenOf } from './real-reader.ts';
import { NEEDS, type RecordingName, realRecording } from './real-recordings.ts';
import { type RealScreening, screened } from './real-screening.ts';
import { deadLettersDiffer, readersDiffer, refused } from './real-verdict.ts';
import { needs } from './shared-files.ts';
import { tagged } from './tagged.ts';

/** A broker of its own: the topics have their real names. */
const kafka = useServer(() => kafkaServer({ own: true }));
const registry = useServer(registryWithSchemas);
const redis = useServer(() => redisServer());

const RECORDINGS: readonly RecordingName[] = ['seed7-small', 'seed20260105', 'mimic-iii-demo'];

const runs = new Map<string, Promise<RealScreening>>();

/** The run of a recording, made when a test asks for it first. */
async function run(context: TestContext, driver: string, recording: RecordingName): Promise<RealScreening> {
  for (const path of NEEDS[recording]) needs(context, path);
  const name = `${driver} ${recording}`;
  const made = runs.get(name) ?? begin(driver, recording);
  runs.set(name, made);
  return made;
}

async function begin(driver: string, recording: RecordingName): Promise<RealScreening> {
  const { host, port } = redis();
  const { bootstrap } = kafka();
  return screened({ driver, bootstrap, registry: registry().url, redis: { host, port }, recording });
}

const codecs = (): Promise<Codecs> => bindCodecs(schemaRegistry({ url: registry().url, clock: systemClock }));

describe.for(Object.keys(REAL_DRIVERS))('the real stack, by the driver %s', (driver) => {
  describe.for(RECORDINGS)('the recording %s under wrong keys, three instances, one killed', (recording) => {
    test('the folded alerts are those of the oracle, and all instances end in good order', async (context) => {
      const { alerts, codes } = await run(context, driver, recording);
      const { pidOf, any } = realRecording(recording);
      const { sepsisAlert } = await codecs();
      const decoded = [...alerts.values()]
        .flat()
        .map(({ value }) => sepsisAlert.decode(value ?? new Uint8Array()));
      expect(alertsDiffer({ alerts: decoded }, pidOf, any)).toBe('');
      expect(codes).toEqual([0, 0, 0]);
    });

    test('the dead letters are those of the oracle by place, with their own bytes', async (context) => {
      const { deadLetters, published } = await run(context, driver, recording);
      const { isDeadLetter, keyOf } = realRecording(recording);
      const wanted = published
        .filter(({ record }) => isDeadLetter(record))
        .map((one) => refused(one, keyOf(one.record)));
      expect(deadLettersDiffer(deadLetters, wanted)).toBe('');
    });

    test('who read the alerts while the run went on saw the same in the same order: the driver, and Java', async (context) => {
      const { alerts, during } = await run(context, driver, recording);
      const afterwards = seenOf(alerts);
      expect(afterwards.size).toBeGreaterThan(0);
      expect(readersDiffer(during.driver, afterwards), 'the driver').toBe('');
      expect(readersDiffer(during.java, afterwards), 'Java').toBe('');
    });
  });
});

describe('a client of another make', () => {
  const python = useServer(pythonKafka);
  const script = fileURLToPath(new URL('./read_alerts.py', import.meta.url));
  /** So many of each partition. */
  const ENOUGH = 1_000;

  test('Python reads the alerts with the registry alone, field by field as we do', async (context) => {
    const { alerts, range } = await run(context, 'platformatic', 'mimic-iii-demo');
    const { sepsisAlert } = await codecs();
    const ours: string[] = [];
    const ranges: string[] = [];
    for (const [partition, records] of alerts) {
      const some = records.slice(0, ENOUGH);
      const to = records[some.length]?.offset ?? range(partition).to;
      ranges.push(`${partition}:${range(partition).from}:${to}`);
      for (const { offset, key, value } of some) {
        const decoded = tagged(SUBJECTS.sepsisAlert.schema, sepsisAlert.decode(value ?? new Uint8Array()));
        ours.push(
          JSON.stringify({ partition, offset, key: Buffer.from(key ?? '').toString(), value: decoded }),
        );
      }
    }
    const { stdout, stderr, code } = await python().run(script, [
      kafka().bootstrap,
      registry().url,
      TOPIC.alerts,
      ...ranges,
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const theirs = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.stringify(JSON.parse(line)));
    expect(difference('alerts', theirs, ours, (line) => line)).toBe('');
    // The whole records of the unions and their absence, and every kind of value: it was no easy reading.
    const shown = [
      '"suspectedInfection":{',
      '"lactate":{',
      '"encounterDetail":{',
      '"lactate":null',
      '"trigger":{',
    ];
    const kinds = ['{"double":', '{"timestamp-millis":', '{"date":'];
    expect([...shown, ...kinds].filter((part) => !ours.some((line) => line.includes(part)))).toEqual([]);
  });
});
