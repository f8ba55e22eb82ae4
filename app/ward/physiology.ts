import { HOUR } from './clock.ts';
import { severity } from './course.ts';
import type { WardPatient } from './patient.ts';

/** What a nurse would measure at one moment; units as in `WardPatient.resting`. */
export interface Vitals {
  readonly rr: number;
  readonly sbp: number;
  readonly dbp: number;
  readonly hr: number;
  readonly temperature: number;
  readonly spo2: number;
  readonly gcs: number;
  /** 0 well to 1 very ill: the worst of the three signs. */
  readonly illness: number;
}

/** Noise of one vital sign: first-order autoregressive, so that two readings close in time are alike. */
interface Noise {
  value: number;
  at: number;
}

const CORRELATION = 1.5 * HOUR;

/** Measures one patient again and again, with increasing times in epoch milliseconds. */
export function physiologyOf(patient: WardPatient, start: number): (at: number) => Vitals {
  const { course, resting, random } = patient;
  const noises = new Map<string, Noise>();
  const drift = (name: string, at: number): number => {
    const last = noises.get(name);
    const kept = last === undefined ? 0 : Math.exp(-Math.abs(at - last.at) / CORRELATION);
    const value = (last?.value ?? 0) * kept + random.normal() * Math.sqrt(1 - kept * kept);
    const bounded = Math.max(-2.5, Math.min(2.5, value));
    noises.set(name, { value: bounded, at });
    return bounded;
  };
  return (at) => {
    const ill = (sign: 'RR' | 'SBP' | 'GCS'): number => severity(course, sign, at - start);
    const illness = Math.max(...course.excursions.map((excursion) => ill(excursion.sign)), 0);
    const day = circadian(at);
    const sbp = towards(resting.sbp, 84, ill('SBP')) + 5 * day + 4 * drift('sbp', at);
    return {
      rr: bound(towards(resting.rr, 30, ill('RR')) + 0.7 * day + 1.1 * drift('rr', at), 8, 44),
      sbp: bound(sbp, 62, 196),
      dbp: bound(Math.min(sbp - 22, resting.dbp + 3 * day + 4 * drift('dbp', at) - 20 * ill('SBP')), 34, 112),
      hr: bound(resting.hr + 5 * day + 5 * drift('hr', at) + 32 * illness, 44, 168),
      temperature: bound(resting.temperature + 0.3 * day + 0.15 * drift('t', at) + 1.8 * illness, 35, 40.6),
      spo2: bound(resting.spo2 + 0.8 * drift('spo2', at) - 5 * illness, 82, 100),
      gcs: gcsAt(ill('GCS')),
      illness,
    };
  };
}

/** 15 while well; a mind that is clouded for good (severity 0.5) is charted as 14, a sick one falls to 12. */
function gcsAt(ill: number): number {
  if (ill < 0.3) return 15;
  if (ill < 0.6) return 14;
  return ill < 0.9 ? 13 : 12;
}

/** -1 at four in the morning, +1 at four in the afternoon (UTC): pressure, pulse and temperature follow the day. */
const circadian = (at: number): number => -Math.cos(((at / HOUR - 4) / 24) * 2 * Math.PI);

const bound = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

const towards = (from: number, to: number, share: number): number => from + (to - from) * share;
