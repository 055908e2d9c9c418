import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/autograd/random.ts';
import { type Tensor, tensor } from '../../src/autograd/tensor.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { CASES, featuresOf } from './fixture-features.ts';

/** 2 d points mean +- sqrt((2 d - 1) / 2) spread_j e_j. Their covariance is diag(spread^2), up to float32 rounding. */
function cross(mean: readonly number[], spread: readonly number[]): Tensor {
  const d = mean.length;
  return tensor(
    Array.from({ length: 2 * d }, (_, row) => {
      const axis = row >> 1;
      const far = Math.sqrt((2 * d - 1) / 2) * spread[axis]! * (row % 2 === 0 ? 1 : -1);
      return mean.map((value, j) => value + (j === axis ? far : 0));
    }),
  );
}

describe('frechetDistance', () => {
  it.each(CASES)('$name: equals numpy, which takes the eigenvalues of C_a C_b', (one) => {
    const [a, b] = featuresOf(one);
    // Where C_a C_b is singular, numpy's roots of eigenvalues have an error of sqrt(EPSILON), 1.5e-8 of the spread.
    const tolerance = one.zeros > 0 || one.rows[0] < one.columns ? 1e-7 : 1e-12;
    expect(Math.abs(frechetDistance(a, b) - one.frechet)).toBeLessThan(tolerance);
    expect(Math.abs(frechetDistance(b, a) - one.frechet)).toBeLessThan(tolerance);
  });

  it('of a set and itself is 0 up to rounding, for any rank', () => {
    const random = createRandom(5);
    for (const shape of [
      [2, 1],
      [5, 40],
      [64, 64],
      [500, 64],
    ]) {
      const x = random.normal(shape, 3, 2);
      const distance = frechetDistance(x, x);
      expect(distance, String(shape)).toBeGreaterThanOrEqual(0);
      // The traces are about 4 d; their rounding error is about d EPSILON of that.
      expect(distance, String(shape)).toBeLessThan(1e-10);
    }
  });

  it('of a set and the same set shifted by v is |v|^2', () => {
    // Multiples of 1/8 below 16, so that the shift is exact in float32.
    const random = createRandom(6);
    const values = random.normal([200, 10]).data.map((value) => Math.round(8 * value) / 8);
    const shift = [1, -2, 0, 0.5, 0, 0, 0, 3, 0, 0.25];
    const moved = values.map((value, at) => value + shift[at % 10]!);
    const expected = shift.reduce((sum, one) => sum + one * one, 0);
    const distance = frechetDistance(tensor(values, [200, 10]), tensor(moved, [200, 10]));
    expect(Math.abs(distance - expected)).toBeLessThan(1e-11);
  });

  it('of Gaussians with diagonal covariances is |mean difference|^2 + sum of (s_a - s_b)^2', () => {
    const a = cross([0, 1, 2, 3], [1, 2, 0.5, 4]);
    const b = cross([0.5, 1, 0, 3], [2, 2, 0.25, 0]);
    const expected = 0.25 + 0 + 4 + 0 + (1 + 0 + 0.0625 + 16);
    // The points are rounded to float32: 6e-8 of coordinates up to 8.
    expect(Math.abs(frechetDistance(a, b) - expected)).toBeLessThan(1e-5);
  });

  it('scales with the square of the features, and does not depend on the order of rows', () => {
    const [a, b] = featuresOf(CASES[1]!);
    const distance = frechetDistance(a, b);
    const [twiceA, twiceB] = [a, b].map(({ data, shape }) =>
      tensor(
        data.map((value) => 2 * value),
        shape,
      ),
    );
    expect(Math.abs(frechetDistance(twiceA!, twiceB!) / (4 * distance) - 1)).toBeLessThan(1e-10);
    const [n, d] = a.shape as readonly [number, number];
    const reversed = tensor(
      Float32Array.from(a.data, (_, at) => a.data[(n - 1 - Math.floor(at / d)) * d + (at % d)]!),
      [n, d],
    );
    expect(Math.abs(frechetDistance(reversed, b) / distance - 1)).toBeLessThan(1e-10);
  });
});
