import { ZONES, type Zone } from './clock.ts';
import { type Course, courses } from './course.ts';
import { mix, type Random, randomOf } from './random.ts';

export type MentationStyle = 'total-integer' | 'total-quantity' | 'components' | 'answers' | 'rows' | 'acvpu';
export type PressureStyle = 'panel' | 'panel-2019' | 'cuff' | 'arterial';

/** A patient of the ward: a bed number and nothing that could be a person. */
export interface WardPatient {
  /** `ward-07`; also the id of the Patient resource. */
  readonly bed: string;
  readonly course: Course;
  /** Healthy resting values: breaths per minute, mm[Hg], mm[Hg], beats per minute, Celsius, percent. */
  readonly resting: {
    readonly rr: number;
    readonly sbp: number;
    readonly dbp: number;
    readonly hr: number;
    readonly temperature: number;
    readonly spo2: number;
  };
  /** Minutes between two rounds while nothing is wrong. */
  readonly roundMinutes: number;
  readonly mentation: MentationStyle;
  readonly pressure: PressureStyle;
  readonly kilopascal: boolean;
  /** Local code first, LOINC second, as many feeds have it. */
  readonly localCodeFirst: boolean;
  readonly zone: Zone;
  readonly random: Random;
}

const MENTATION: readonly MentationStyle[] = [
  'total-integer',
  'components',
  'rows',
  'total-quantity',
  'answers',
  'acvpu',
];
const PRESSURE: readonly PressureStyle[] = ['panel', 'cuff', 'panel', 'panel-2019', 'arterial'];

/** The patients of a ward, in the order of their beds. */
export function admit(seed: number, count: number): WardPatient[] {
  const ward = randomOf(mix(seed, 1));
  const digits = Math.max(2, String(count).length);
  return courses(count, ward).map((course, index) => {
    const random = randomOf(mix(seed, 2, index));
    return {
      bed: `ward-${String(index + 1).padStart(digits, '0')}`,
      course,
      resting: {
        rr: random.between(13, 16.5),
        sbp: random.between(124, 142),
        dbp: random.between(66, 84),
        hr: random.between(62, 84),
        temperature: random.between(36.5, 37),
        spo2: random.between(95.5, 98),
      },
      roundMinutes: random.pick([30, 45, 60]),
      mentation: MENTATION[index % MENTATION.length] ?? 'total-integer',
      pressure: PRESSURE[index % PRESSURE.length] ?? 'panel',
      kilopascal: index % 8 === 5,
      localCodeFirst: index % 4 === 2,
      zone: ZONES[index % ZONES.length] ?? ZONES[0],
      random,
    };
  });
}
