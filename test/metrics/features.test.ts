import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/autograd/tensor.ts';
import { moments } from '../../src/metrics/features.ts';

describe('moments', () => {
  it('of three points in the plane, computed by hand', () => {
    // Means 3 and 2; deviations (-2, 0), (0, -1), (2, 1); sums of products 8, 2 and 2, over n - 1 = 2.
    const { mean, covariance } = moments(
      tensor([
        [1, 2],
        [3, 1],
        [5, 3],
      ]),
    );
    expect([...mean]).toEqual([3, 2]);
    expect([...covariance]).toEqual([4, 1, 1, 1]);
  });

  it('keep a small variance around a large mean, unlike E[x^2] - E[x]^2', () => {
    // 1e6 + {-1, 0, 1} is exact in float32; the variance is 1.
    expect([...moments(tensor([[999999], [1000000], [1000001]])).covariance]).toEqual([1]);
  });
});
