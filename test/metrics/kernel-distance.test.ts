import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/autograd/random.ts';
import { tensor } from '../../src/autograd/tensor.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { kernelDistance, squaredDiscrepancy } from '../../src/metrics/kernel-distance.ts';
import { slice } from '../../src/ops/shape-ops.ts';
import { CASES, featuresOf } from './fixture-features.ts';

describe('squaredDiscrepancy', () => {
  it.each(CASES)('$name: equals numpy', (one) => {
    const [a, b] = featuresOf(one).map((x) => slice(x, [0, 0], [Math.min(...one.rows), one.columns]));
    // Kernels are about 2, from float32 products with errors of a few 1e-7.
    expect(Math.abs(squaredDiscrepancy(a!, b!) - one.discrepancy)).toBeLessThan(5e-7);
  });

  it('of two rows in one dimension, computed by hand', () => {
    // k(0, 1) = 1, k(2, 3) = 343; k(0, y) = 1, k(1, 2) = 27, k(1, 3) = 64: 1 + 343 - 2 (1 + 1 + 27 + 64) / 4
    expect(squaredDiscrepancy(tensor([[0], [1]]), tensor([[2], [3]]))).toBe(1 + 343 - 93 / 2);
  });
});

describe('kernelDistance', () => {
  const random = createRandom(3);
  const [a, b] = [random.normal([400, 8]), random.normal([600, 8])];
  const moved = random.normal([400, 8], 0.5);

  it('has an interval around 0 for sets from one distribution, above it for different ones', () => {
    const same = kernelDistance(a, b, { subsetSize: 100 });
    expect(same.interval[0]).toBeLessThan(0);
    expect(same.interval[1]).toBeGreaterThan(0);
    const other = kernelDistance(a, moved, { subsetSize: 100 });
    expect(other.interval[0]).toBeGreaterThan(same.interval[1]);
  });

  it('returns its settings; the interval is 1.96 deviations over the root of the number of disjoint subsets', () => {
    const found = kernelDistance(a, b, { subsets: 30, subsetSize: 90, seed: 9 });
    expect(found).toMatchObject({ subsets: 30, subsetSize: 90, seed: 9, disjoint: 4 });
    const reach = (1.96 * found.standardDeviation) / 2;
    expect(found.interval).toEqual([found.mean - reach, found.mean + reach]);
    expect(kernelDistance(a, b, { subsets: 3 })).toMatchObject({ subsetSize: 200, disjoint: 2, seed: 0 });
    expect(kernelDistance(a, b, { subsets: 3, subsetSize: 10 }).disjoint).toBe(3);
  });

  it('draws no row twice into a subset', () => {
    // Any two different rows have k = 1; the row 4 with itself would have 17^3.
    const four = tensor([[4], [0], [0], [0]]);
    const zeros = tensor([[0], [0], [0], [0]]);
    const found = kernelDistance(four, zeros, { subsetSize: 2, subsets: 40 });
    expect(found).toMatchObject({ mean: 0, standardDeviation: 0, interval: [0, 0] });
  });

  it('depends only on the seed, and leaves no tensor behind', () => {
    const before = heap().usage().blocks;
    const first = kernelDistance(a, moved, { subsets: 10, subsetSize: 50, seed: 4 });
    expect(kernelDistance(a, moved, { subsets: 10, subsetSize: 50, seed: 4 })).toEqual(first);
    expect(kernelDistance(a, moved, { subsets: 10, subsetSize: 50, seed: 5 }).mean).not.toBe(first.mean);
    expect(heap().usage().blocks).toBe(before);
  });

  it('has an interval that covers the true distance in about 95 % of trials', () => {
    // x of N(0, 1), y of N(m, 1), k = (x y + 1)^3: MMD^2 = 3 (E x - E y)^2 + 3 (E x^2 - E y^2)^2 + (E x^3 - E y^3)^2.
    const m = 0.5;
    const truth = 3 * m ** 2 + 3 * m ** 4 + (m ** 3 + 3 * m) ** 2;
    let covered = 0;
    const trials = 60;
    for (let seed = 0; seed < trials; seed++) {
      const draw = createRandom(seed);
      const { interval } = kernelDistance(draw.normal([500, 1]), draw.normal([500, 1], m), {
        subsets: 20,
        subsetSize: 50,
        seed,
      });
      if (interval[0] <= truth && truth <= interval[1]) covered++;
    }
    // 95 % of 60 is 57; fewer than 51 would happen once in 500 runs.
    expect(covered).toBeGreaterThanOrEqual(51);
  });
});
