import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isSystemicAntibiotic, type Order } from '../../../operators/clinical/antibiotics.ts';

const order = (more: Partial<Order>): Order => ({
  codings: [],
  text: undefined,
  route: undefined,
  category: undefined,
  ...more,
});
const systemic = (more: Partial<Order>): boolean => isSystemicAntibiotic(order(more));
const coding = (system: string, code: string, display?: string) => [{ system, code, display }];
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';

describe('a systemic antibiotic', () => {
  test.each([
    'Vancomycin 1 g IV',
    'CEFTRIAXONE',
    'Piperacillin-Tazobactam Na',
    'Sulfameth/Trimethoprim DS',
    'bicillin l-a',
  ])('by name: %s', (text) => {
    expect(systemic({ text })).toBe(true);
  });

  test.each(['Acetaminophen', 'Heparin', 'Norepinephrine', ''])('not by name: %s', (text) => {
    expect(systemic({ text })).toBe(false);
  });

  test.each([
    'Gentamicin 0.1% cream',
    'Ceftazidime desensitization',
    'Metronidazole gel',
    'Erythromycin ophth oint',
  ])('not: %s', (text) => {
    expect(systemic({ text })).toBe(false);
  });

  test.each(['OU', 'OS', 'OD', 'AU', 'AS', 'AD', 'TP', 'RIGHT EYE', 'both ears', 'IV OU'])(
    'not by the route %s',
    (route) => {
      expect(systemic({ text: 'Tobramycin', route })).toBe(false);
    },
  );

  test.each(['IV', 'PO', 'IM', 'PO/NG'])('by the route %s', (route) => {
    expect(systemic({ text: 'Tobramycin', route })).toBe(true);
  });

  test('not as the carrier fluid of the pharmacy', () => {
    expect(systemic({ text: 'Vancomycin', category: 'BASE' })).toBe(false);
    expect(systemic({ text: 'Vancomycin', category: 'MAIN' })).toBe(true);
  });

  test('by ATC J01, by RxNorm, by the display of any code', () => {
    expect(systemic({ codings: coding('http://www.whocc.no/atc', 'J01DD04') })).toBe(true);
    expect(systemic({ codings: coding('http://www.whocc.no/atc', 'J02AC01') })).toBe(false);
    expect(systemic({ codings: coding(RXNORM, '1664992') })).toBe(true);
    expect(systemic({ codings: coding(RXNORM, '1') })).toBe(false);
    expect(systemic({ codings: coding('local', '17', 'Cefepime 2 g') })).toBe(true);
    expect(systemic({ codings: coding('local', '17', 'Cefepime cream') })).toBe(false);
  });

  const FRAGMENTS = '../shared/data/mimic-code-maps/antibiotic_name_fragments.txt';
  test.skipIf(!existsSync(FRAGMENTS))('every fragment of the published list is recognised', () => {
    const fragments = readFileSync(FRAGMENTS, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(fragments.length).toBeGreaterThan(100);
    expect(fragments.filter((text) => !systemic({ text: text.toUpperCase() }))).toEqual([]);
  });
});
