import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/autograd/random.ts';
import { tensor } from '../../src/autograd/tensor.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { precisionRecall } from '../../src/metrics/precision-recall.ts';
import { CASES, featuresOf } from './fixture-features.ts';

const column = (...values: number[]) => tensor(values, [values.length, 1]);

describe('precisionRecall', () => {
  it.each(CASES)('$name: equals numpy, row for row', (one) => {
    const [a, b] = featuresOf(one);
    const { precision, recall } = precisionRecall(a, b);
    expect(precision * one.rows[1]).toBeCloseTo(one.likely, 6);
    expect(recall * one.rows[0]).toBeCloseTo(one.covered, 6);
  });

  it('of a set and itself is 1 and 1', () => {
    const x = createRandom(1).normal([300, 20], 5);
    expect(precisionRecall(x, x)).toEqual({ precision: 1, recall: 1, neighbours: 3 });
  });

  it('of points on a line with k = 1, computed by hand', () => {
    // Real balls: 0 +- 1, 1 +- 1, 10 +- 9. Generated balls: 1.5 +- 2, 3.5 +- 2, 30 +- 26.5.
    const found = precisionRecall(column(0, 1, 10), column(1.5, 3.5, 30), { neighbours: 1 });
    // 1.5 and 3.5 lie in real balls, 30 in none; 0 and 1 lie in the first generated ball, 10 in the last.
    expect(found).toEqual({ precision: 2 / 3, recall: 1, neighbours: 1 });
  });

  it('distinguishes a collapsed generator (high precision, low recall) from a noisy one (low precision)', () => {
    const random = createRandom(2);
    const real = random.normal([500, 4]);
    const collapsed = precisionRecall(real, random.normal([500, 4], 0, 0.2));
    expect(collapsed.precision).toBeGreaterThan(0.95);
    expect(collapsed.recall).toBeLessThan(0.2);
    const noisy = precisionRecall(real, random.normal([500, 4], 0, 5));
    expect(noisy.precision).toBeLessThan(0.2);
  });

  it('is as accurate for features far from 0, and leaves no tensor behind', () => {
    const random = createRandom(4);
    const [a, b] = [random.normal([100, 5]), random.normal([100, 5])];
    // Multiples of 2^-10, to which 512 adds exactly.
    const round = (x: typeof a, shift: number) =>
      tensor(
        x.data.map((value) => Math.round(1024 * value) / 1024 + shift),
        x.shape,
      );
    const [near, far] = [0, 512].map((shift) => [round(a, shift), round(b, shift)] as const);
    const before = heap().usage().blocks;
    expect(precisionRecall(...far!)).toEqual(precisionRecall(...near!));
    expect(heap().usage().blocks).toBe(before);
  });
});
