import { expect, test } from 'vitest';
import { readableGrid } from '../../../examples/report/readable-grid.ts';
import { imageGrid, zeros } from '../../../src/index.ts';

// Four columns of 28 and five margins of 2 are 122 pixels, four times 122 are 488; the others by the same sum.
test.each([
  [[16, 28, 28, 1], 4, 488],
  [[20, 28, 28, 1], 10, 604],
  [[16, 16, 16, 3], 4, 518],
  [[16, 64, 64, 3], 4, 532],
  [[16, 200, 200, 3], 4, 810],
  [[2, 28, 28], 4, 496],
] as const)('%j in %d columns is %d pixels wide', (shape, columns, width) => {
  const samples = zeros(shape);
  expect(imageGrid(samples, readableGrid(samples, columns)).width).toBe(width);
});
