import { expect, test } from 'vitest';
import { alertWords } from '../../../app/alerts/alert-words.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { alert } from '../../schemas/avro/samples.ts';

const words = (own: Partial<SepsisAlert> = {}): string => alertWords({ ...alert, ...own }, false);
const HEAD = '2026-01-05 08:00:02Z';

test('a line tells when, what, who, why, what is missing, and until when', () => {
  expect(words({ processingTime: Date.UTC(2026, 0, 5, 8, 0, 2) })).toBe(
    `${HEAD} raised    2/3 https://ehr.example.org/fhir/Patient/p036: RR 24.5/min 0m; missing GCS; ` +
      '2026-01-05 08:00Z until 2026-01-05 14:00Z; infection suspected; lactate 2.4 mmol/L; ED 4; alert 9f86d081',
  );
});

test('a score that has fallen is shown beside its peak, and one of the latest values beside that of the window', () => {
  const line = words({ status: 'UPDATED', peak: 3, current: { score: 1, met: ['RR'] } });
  expect(line).toContain('peak 3; latest values 1/3');
});

test('what is over says why, and an end that is no projection', () => {
  const line = words({ status: 'RESOLVED', reason: 'WINDOW_EMPTIED' });
  expect(line).toContain(': window emptied; ');
  expect(line).toContain('08:00Z to 2026-01-05 14:00Z');
});

test('what is taken back says why, or into which alert it went', () => {
  const none = { status: 'RETRACTED', score: 0, criteria: [], missing: [] } as const;
  expect(words({ ...none, reason: 'DATA_CORRECTED' })).toContain(': data corrected; ');
  expect(words({ ...none, reason: 'MERGED', survivorAlertId: 'abcdef0123456789' })).toContain(
    ': merged into alert abcdef01; ',
  );
});

test('what a source wrote cannot steer a terminal', () => {
  const line = words({ patient: 'Patient/\u001b[2J\nx', encounterDetail: null });
  expect(line).toContain('Patient/[2Jx');
  expect(line).not.toMatch(/\p{Cc}/u);
});

test('colour is for terminals', () => {
  expect(alertWords(alert, true)).toContain('\u001b[1;31mraised');
  expect(words()).not.toContain('\u001b');
});
