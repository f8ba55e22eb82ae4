import { expect, test } from 'vitest';
import { alertsCommand } from '../../../app/alerts/alerts-command.ts';
import { alertsOptions } from '../../../app/alerts/alerts-options.ts';
import { hours, unlimited } from '../../../topology/model/time.ts';

test('everything that is left in the topic, unless told otherwise', () => {
  expect(alertsOptions([])).toEqual({ follow: false, patient: undefined, ago: unlimited, json: false });
  expect(alertsOptions(['--from', 'earliest']).ago).toBe(unlimited);
  expect(alertsOptions(['--follow', '--json', '--patient', 'Patient/1', '--from', '24h'])).toEqual({
    follow: true,
    patient: 'Patient/1',
    ago: hours(24),
    json: true,
  });
});

test.each([
  [['ward-7'], 'alerts takes no argument ward-7.'],
  [
    ['--from', 'yesterday'],
    '--from yesterday is unknown; it is earliest, or how far back: 90s, 15m, 24h, 7d.',
  ],
  [['--patient', ''], '--patient needs the reference of a patient.'],
  [['--patient'], '--patient needs a value'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is wrong usage', (args, said) => {
  expect(() => alertsOptions(args)).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining(said) }),
  );
});

test('every fault is told at once, before anything is begun', async () => {
  const io = { stdout: process.stdout, stderr: process.stderr, environment: {} };
  const asked = alertsCommand([], io);
  await expect(asked).rejects.toMatchObject({ code: 'configuration' });
  for (const name of ['KAFKA_BOOTSTRAP_SERVERS', 'SCHEMA_REGISTRY_URL'])
    await expect(asked).rejects.toThrow(name);
});
