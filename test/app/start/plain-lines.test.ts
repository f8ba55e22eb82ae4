import { expect, test } from 'vitest';
import { startCommand } from '../../../app/start/start.ts';
import { Paper, World } from './world.ts';

test('plain lines name a patient by bed alone, and an alert by a short id', async () => {
  const world = new World(new Paper());
  await startCommand(['--once', '--hours', '5'], world);
  const { text, lines } = world.stdout;
  expect(text).not.toMatch(/Patient\/|MRN|https?:|urn:|Encounter|Observation|Practitioner|nurse|[0-9a-f]{9}/);
  const pages = lines.filter((line) => line.includes(' page '));
  expect(pages.length).toBeGreaterThan(5);
  for (const page of pages) {
    expect(page).toMatch(
      /^2026-01-0\dT\d\d:\d\d:\d\d\.\d{3}Z page {6}bed ward-\d\d (meets \d of 3 qSOFA criteria|now meets \d of 3 qSOFA criteria|still meets \d of 3 qSOFA criteria|no longer meets qSOFA criteria|withdrawn: data corrected) \(alert [0-9a-f]{8}\)$/,
    );
  }
});

test('plain lines say why: what is met, how old it is, and what is missing', async () => {
  const world = new World(new Paper());
  await startCommand(['--once', '--hours', '5'], world);
  const raised = world.stdout.lines.filter((line) => /^\S+ (raised|escalated) /.test(line));
  expect(raised.length).toBeGreaterThan(3);
  for (const line of raised)
    expect(line).toMatch(/bed ward-\d\d qSOFA [23]\/3; .*(RR|SBP|GCS) .*\d+[mh].*; \d\d:\d\d-\d\d:\d\d/);
});
