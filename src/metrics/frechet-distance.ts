/**
 * The Frechet distance between two sets of features, each approximated by a Gaussian:
 *   |mean_a - mean_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2))
 * With the features of an Inception network this is the FID (Heusel et al. 2017). Other features give other numbers.
 */
import type { Tensor } from '../autograd/tensor.ts';
import { checkFeaturePair, moments } from './features.ts';
import { trace, traceOfRootProduct } from './linear-algebra.ts';

/**
 * The squared Frechet distance of two Gaussians with the means and covariances of the sets (n - 1 in the denominator),
 * in float64. It is never negative, and 0 for equal sets up to rounding. Time grows with d^3; d should be a few hundred
 * at most.
 *
 * Sets of fewer images than features, and features that are always 0, have singular covariances. No epsilon is added:
 * eigenvalues within rounding of 0 count as 0. The expected distance falls as n grows, steeply unless n is well above
 * d, so compare only distances of equal counts.
 *
 * @param featuresA - [n, d], n at least 2.
 * @param featuresB - [m, d], m at least 2.
 * @throws ShapeError if the sets are no matrices of equally many columns with two rows or more.
 * @example
 * const real = tensor([[0, 0], [2, 0], [0, 2], [2, 2]]);
 * frechetDistance(real, real); // 0
 * frechetDistance(real, add(real, tensor([3, 4]))); // 25: the squared distance of the means
 */
export function frechetDistance(featuresA: Tensor, featuresB: Tensor): number {
  const [a, b] = checkFeaturePair('frechetDistance', ['featuresA', 'featuresB'], featuresA, featuresB, 2);
  const d = a.shape[1]!;
  const [first, second] = [moments(a), moments(b)];
  let distance = 0;
  for (let i = 0; i < d; i++) {
    const difference = first.mean[i]! - second.mean[i]!;
    distance += difference * difference;
  }
  const cross = traceOfRootProduct(first.covariance, second.covariance, d);
  return Math.max(0, distance + (trace(first.covariance, d) + trace(second.covariance, d) - 2 * cross));
}
