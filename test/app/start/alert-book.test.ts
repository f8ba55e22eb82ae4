import { expect, test } from 'vitest';
import { AlertBook } from '../../../app/start/alert-book.ts';
import { alertOf } from './alerts.ts';

test('the last record of an alert is the episode, and a retracted one is none', () => {
  const book = new AlertBook();
  expect(book.add(alertOf({ alertId: 'a' }))).toBeUndefined();
  expect(book.add(alertOf({ alertId: 'a', status: 'ESCALATED', peak: 3 }))).toMatchObject({ peak: 2 });
  book.add(alertOf({ alertId: 'b', patient: 'p2' }));
  book.add(alertOf({ alertId: 'b', patient: 'p2', status: 'RETRACTED' }));
  expect(book.byPatient()).toEqual(
    new Map([
      [
        'https://ehr.example.org/fhir/Patient/ward-07',
        [alertOf({ alertId: 'a', status: 'ESCALATED', peak: 3 })],
      ],
    ]),
  );
  expect(book).toMatchObject({ records: 4, episodes: 1, positivePatients: 1, openAlerts: 1 });
});

test('what is let go of stays counted, and what is open stays', () => {
  const book = new AlertBook();
  book.add(alertOf({ alertId: 'over', end: 10, status: 'RESOLVED' }));
  book.add(alertOf({ alertId: 'open', end: 10, patient: 'p2' }));
  book.forget(11);
  expect([...book.byPatient().keys()]).toEqual(['p2']);
  expect(book).toMatchObject({ episodes: 2, positivePatients: 2, openAlerts: 1 });
});
