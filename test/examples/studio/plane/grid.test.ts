/** The generator's grid and its cells. */
import { expect, it } from 'vitest';
import { cellsOf, densityOf } from '../../../../examples/studio/plane/cells.ts';
import { latentGrid, normalQuantiles } from '../../../../examples/studio/plane/grid.ts';

it('quantiles of the normal distribution', () => {
  // From tables: P(Z < -2.575829) = 0.005, P(Z < -1.644854) = 0.05, P(Z < 0.674490) = 0.75.
  const expected = [-2.575829, -1.644854, 0, 0.67449, 1.644854];
  const quantiles = normalQuantiles(Float32Array.of(0.005, 0.05, 0.5, 0.75, 0.95));
  // At 0.95 a float32 of the share is 6e-8 wide, which is 6e-7 in z; so 1e-5 is ample, and 0.005 has as much room.
  quantiles.forEach((z, i) => {
    expect(Math.abs(z - expected[i]!), `${expected[i]}`).toBeLessThan(1e-5);
  });
});

it('the latent grid goes row by row, x first, symmetric, with the outermost lines at finite places', () => {
  const { data, shape } = latentGrid(4);
  expect(shape).toEqual([25, 2]);
  const xs = Array.from({ length: 5 }, (_, i) => data[2 * i]!);
  // The quantiles 0.004, 1/4, 1/2, 3/4 and 0.996.
  [-2.65207, -0.67449, 0, 0.67449, 2.65207].forEach((x, i) => {
    expect(xs[i]).toBeCloseTo(x, 4);
  });
  for (let corner = 0; corner < 25; corner++) {
    expect([data[2 * corner], data[2 * corner + 1]]).toEqual([xs[corner % 5], xs[Math.floor(corner / 5)]]);
  }
});

it('cells walk around their corners', () => {
  // The corners of 2 x 2 cells are numbered 0 1 2 / 3 4 5 / 6 7 8.
  expect(cellsOf(2)).toEqual([
    [0, 1, 4, 3],
    [1, 2, 5, 4],
    [3, 4, 7, 6],
    [4, 5, 8, 7],
  ]);
});

it('the density of a cell is its share of the points over its area', () => {
  // A cell of 2 x 1, one of 0.5 x 1 that is mirrored, and one without area, of 2 x 2 cells with a quarter each.
  const corners = Float32Array.of(0, 0, 2, 0, 2, 1, 0, 1, -0.5, 0, -0.5, 1);
  expect(densityOf([0, 1, 2, 3], 2, corners)).toBe(0.25 / 2);
  expect(densityOf([0, 4, 5, 3], 2, corners)).toBe(0.25 / 0.5);
  expect(densityOf([0, 0, 1, 1], 2, corners)).toBe(Infinity);
});
