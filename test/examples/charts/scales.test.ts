import { describe, expect, test } from 'vitest';
import { formatTick, linearTicks, logarithmicTicks, makeScale } from '../../../examples/charts/scales.ts';

describe('ticks of a linear axis', () => {
  // By the definition: the smallest of 1, 2, 5 times a power of ten that gives at most `count` steps.
  test.each([
    [0, 10, 5, [0, 2, 4, 6, 8, 10]],
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 0.3, 3, [0, 0.1, 0.2, 0.3]],
    [-1, 1, 4, [-1, -0.5, 0, 0.5, 1]],
    [1, 23_450, 5, [5000, 10_000, 15_000, 20_000]],
    [0.001_1, 0.001_9, 4, [0.0012, 0.0014, 0.0016, 0.0018]],
  ] as const)('from %d to %d, at most %d steps', (low, high, count, expected) => {
    expect(linearTicks(low, high, count)).toEqual(expected);
  });
});

describe('ticks of a logarithmic axis', () => {
  test.each([
    [1, 100, 7, [1, 2, 5, 10, 20, 50, 100]],
    [0.03, 0.6, 7, [0.05, 0.1, 0.2, 0.5]],
    // Too many of 1, 2, 5: powers of ten only.
    [1, 1e6, 7, [1, 10, 100, 1000, 10_000, 100_000, 1e6]],
    // Too many of these too: every second.
    [1, 1e12, 7, [1, 100, 1e4, 1e6, 1e8, 1e10, 1e12]],
    // Too short for either: round steps as on a linear axis.
    [30, 40, 5, [30, 32, 34, 36, 38, 40]],
  ] as const)('from %d to %d, at most %d', (low, high, count, expected) => {
    expect(logarithmicTicks(low, high, count)).toEqual(expected);
  });
});

test('a scale puts its ends at the ends of the line, and what has no logarithm nowhere', () => {
  const linear = makeScale('linear', 2, 4, 100, 0, 4);
  expect([2, 3, 4].map(linear.place)).toEqual([100, 50, 0]);
  const logarithmic = makeScale('logarithmic', 1, 100, 0, 50, 4);
  expect(logarithmic.place(1)).toBe(0);
  expect(logarithmic.place(10)).toBeCloseTo(25, 10);
  expect([0, -1, Number.NaN].map(logarithmic.place)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test('numbers at an axis are short', () => {
  expect([0, 0.25, 1500, 23_450, 2e-7, -5e8].map(formatTick)).toEqual(['0', '0.25', '1,500', '23,450', '2e-7', '-5e8']);
});
