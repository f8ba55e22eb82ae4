import { describe, expect, test } from 'vitest';
import { type AlertEvent, plainLine } from '../../../app/console/plain-line.ts';
import { instant } from '../../../topology/model/time.ts';
import { criterion, NOW } from './sample-view.ts';

const HOUR = 3_600_000;
const raised: AlertEvent = {
  t: instant(NOW),
  status: 'raised',
  bed: 'ward-07',
  score: 2,
  peak: 2,
  met: [criterion('RR', 26, 14), criterion('SBP', 92, 0)],
  missing: ['GCS'],
  since: NOW,
  end: NOW + 6 * HOUR,
  suspectedInfection: true,
  alertId: '3f9a2c1b55aa',
};

describe('the log line of an alert', () => {
  test('says when, what, who, why, what is missing, and until when', () => {
    expect(plainLine(raised)).toBe(
      '2026-01-05T15:07:00.000Z raised    bed ward-07 qSOFA 2/3; RR 26/min 14m, SBP 92 mmHg 0m; missing GCS; ' +
        '15:07-21:07; infection suspected; alert 3f9a2c1b',
    );
  });

  test('of an episode that is over, the values no longer matter', () => {
    expect(plainLine({ ...raised, status: 'resolved', score: 1, peak: 3, suspectedInfection: false })).toBe(
      '2026-01-05T15:07:00.000Z resolved  bed ward-07 qSOFA 1/3; 15:07-21:07 peak 3; alert 3f9a2c1b',
    );
  });

  test('is one line whatever the names are', () => {
    expect(plainLine({ ...raised, bed: 'a\nb\u001b[31m' })).not.toMatch(/[^ -~]/);
  });
});
