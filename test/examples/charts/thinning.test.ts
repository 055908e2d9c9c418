import { expect, test } from 'vitest';
import { columnsOf, lineThrough, type Point } from '../../../examples/charts/thinning.ts';
import { createRandom } from '../../../src/index.ts';

/** One pixel to the right for each `perPixel` points; values grow upwards. */
const placed =
  (values: readonly number[], perPixel: number) =>
  (i: number): Point => [i / perPixel, -values[i]!];

test('a short series keeps all points', () => {
  const values = [3, 1, 2, 5];
  const [columns] = columnsOf(values, placed(values, 1), 1);
  expect(lineThrough(columns!)).toEqual([
    [0, -3],
    [1, -1],
    [2, -2],
    [3, -5],
  ]);
});

test('of each column the least and the greatest value remain, in the order of the series, and the mean', () => {
  const values = [1, 9, 5, 1, 7, 4, 2, 6];
  const [columns] = columnsOf(values, placed(values, 4), 1);
  expect(columns!.map(({ mean }) => mean)).toEqual([4, 4.75]);
  // 1 at 0, 9 at 1; then 7 at 4, 2 at 6.
  expect(lineThrough(columns!)).toEqual([
    [0, -1],
    [0.25, -9],
    [1, -7],
    [1.5, -2],
  ]);
});

test('100,000 values become at most two points a pixel, and no extreme is lost', () => {
  const seed = 7;
  const values = [...createRandom(seed).normal([100_000]).data];
  values[54_321] = 50;
  const [columns, ...others] = columnsOf(values, placed(values, 250), 1);
  const line = lineThrough(columns!);
  expect(others).toEqual([]);
  expect(line).toHaveLength(800);
  const heights = line.map(([, y]) => -y);
  expect([Math.min(...heights), Math.max(...heights)], `seed ${seed}`).toEqual([Math.min(...values), 50]);
});

test('what has no place makes a gap', () => {
  const values = [Number.NaN, 1, 2, Number.NaN, Number.NaN, 3, Number.POSITIVE_INFINITY];
  const parts = columnsOf(values, placed(values, 1), 1);
  expect(parts.map(lineThrough)).toEqual([
    [
      [1, -1],
      [2, -2],
    ],
    [[5, -3]],
  ]);
  expect(columnsOf([], placed([], 1), 1)).toEqual([]);
});
