import type { Observation } from 'fhir/r4.js';
import type { WardRecord } from '../../../app/ward/record.ts';
import { ward } from '../../../app/ward/ward.ts';
import { isObservation } from './readings.ts';

/** The morning on which the wards of the tests begin. */
export const START: number = Date.UTC(2026, 0, 5, 6);

/** The default ward of several seeds: what is promised must not hang on one of them. */
export const defaultWards = (): [seed: number, records: WardRecord[]][] =>
  [1, 2, 20260105].map((seed) => [seed, [...ward({ seed, start: START })]]);

export const observations = (records: readonly WardRecord[]): Observation[] =>
  records.map(({ resource }) => resource).filter(isObservation);

/** Deliveries of each Observation, in the order of arrival. */
export const histories = (records: readonly WardRecord[]): Observation[][] =>
  Object.values(Object.groupBy(observations(records), ({ id }) => id ?? '')).map((history) => history ?? []);
