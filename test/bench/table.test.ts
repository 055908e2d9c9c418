import { expect, test } from 'vitest';
import { figure, percent, table } from '../../bench/support/table.ts';

test('figure: three significant digits; whole numbers above 100', () => {
  expect([0, 0.01234, 0.5, 1.234, 12.34, 123.4, 1234.5].map(figure)).toEqual([
    ...['0', '0.0123', '0.500', '1.23', '12.3', '123', '1235'],
  ]);
});

test('percent: of a share', () => {
  expect([percent(0.854), percent(1), percent(0.0123, 1)]).toEqual(['85 %', '100 %', '1.2 %']);
});

test('table: aligns the first column to the left and the others to the right; missing cells are blank', () => {
  expect(table(['op', 'ms'], [['gemm', '1.5'], ['all', '12.25'], ['none']])).toBe(
    ['op       ms', '----  -----', 'gemm    1.5', 'all   12.25', 'none'].join('\n'),
  );
});
