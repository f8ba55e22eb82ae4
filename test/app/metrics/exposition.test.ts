import { describe, expect, test } from 'vitest';
import { readExposition, valueOf } from './exposition.ts';

const HISTOGRAM = `# HELP h Sizes.
# TYPE h histogram
h_bucket{le="1"} 1
h_bucket{le="2.5"} 3
h_bucket{le="+Inf"} 4
h_sum 12.5
h_count 4
`;

describe('the reader of a scrape', () => {
  test('takes what is in order', () => {
    const families = readExposition(
      `# HELP c_total Things \\\\ of all kinds.\n# TYPE c_total counter\nc_total{a="x\\"y\\\\z\\n",b=""} 1e3\nc_total 0\n\n# HELP g Now.\n# TYPE g gauge\ng NaN\n\n${HISTOGRAM}`,
    );
    expect(families.get('c_total')?.samples).toEqual([
      { name: 'c_total', labels: { a: 'x"y\\z\n', b: '' }, value: 1_000 },
      { name: 'c_total', labels: {}, value: 0 },
    ]);
    expect(valueOf(families, 'h_bucket', { le: '2.5' })).toBe(3);
    expect(() => valueOf(families, 'h_bucket', { le: '3' })).toThrow('has no h_bucket');
  });

  test.each([
    ['no line feed at the end', HISTOGRAM.slice(0, -1), 'does not end in a line feed'],
    ['a sample without a type', 'c_total 1\n', 'a sample without a type'],
    ['a type without help', '# TYPE c_total counter\nc_total 1\n', 'a type without its help'],
    ['no help', '# HELP c_total \n# TYPE c_total counter\nc_total 1\n', 'no help'],
    ['an unknown type', '# HELP c x\n# TYPE c count\nc 1\n', 'no type'],
    ['a counter under a bare name', '# HELP c x\n# TYPE c counter\nc 1\n', 'does not end in _total'],
    ['a counter that fell', '# HELP c_total x\n# TYPE c_total counter\nc_total -1\n', 'below nothing'],
    [
      'lines that are not together',
      `${HISTOGRAM}# HELP g x\n# TYPE g gauge\ng 1\nh_count 5\n`,
      'under another name',
    ],
    ['a metric twice', `${HISTOGRAM}${HISTOGRAM}`, 'a name twice'],
    ['a series twice', '# HELP g x\n# TYPE g gauge\ng{a="1",b="2"} 1\ng{b="2",a="1"} 1\n', 'a series twice'],
    ['a dash in a name', '# HELP a-b x\n# TYPE a-b gauge\na-b 1\n', 'no name of a metric'],
    ['a bare quote in a label', '# HELP g x\n# TYPE g gauge\ng{a="x"y"} 1\n', 'no label'],
    ['a label twice', '# HELP g x\n# TYPE g gauge\ng{a="1",a="2"} 1\n', 'a label twice'],
    ['no number', '# HELP g x\n# TYPE g gauge\ng many\n', 'no number'],
    ['undefined for a number', '# HELP g x\n# TYPE g gauge\ng undefined\n', 'no number'],
    ['no bucket for all', HISTOGRAM.replace(/.*Inf.*\n/, ''), 'no bucket for all'],
    ['a count that is not that of all', HISTOGRAM.replace('h_count 4', 'h_count 5'), 'no bucket for all'],
    ['buckets that fall', HISTOGRAM.replace('"2.5"} 3', '"2.5"} 0'), 'do not add up'],
    ['buckets out of order', HISTOGRAM.replace('"2.5"', '"0.5"'), 'out of order'],
    ['no sum', HISTOGRAM.replace(/h_sum.*\n/, ''), 'without sum or count'],
  ])('refuses %s', (_what, text, rule) => {
    expect(() => readExposition(text)).toThrow(rule);
  });
});
