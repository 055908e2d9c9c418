/**
 * The kernel distance between two sets of features: the squared maximum mean discrepancy under
 * k(x, y) = (x . y / d + 1)^3, the mean of unbiased estimates on random subsets. With the features of an Inception
 * network this is the KID (Binkowski et al. 2018).
 *   MMD^2 = sum_{i != j} (k(x_i, x_j) + k(y_i, y_j)) / (m (m - 1)) - 2 sum_{i, j} k(x_i, y_j) / m^2
 */
import { createRandom, type Random } from '../autograd/random.ts';
import { withoutRecording } from '../autograd/record.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { integer, readOptions } from '../core/options.ts';
import { tensorDataset } from '../data/dataset.ts';
import { matmul } from '../ops/matmul.ts';
import { checkFeaturePair } from './features.ts';

/** The options of kernelDistance(). */
export interface KernelDistanceOptions {
  /** Number of pairs of subsets. Default 100. */
  readonly subsets?: number | undefined;
  /** Images in a subset, at most half of the smaller set. Default 1000, or that half if it is less. */
  readonly subsetSize?: number | undefined;
  /** Seed for the choice of subsets. Default 0. */
  readonly seed?: number | undefined;
}

/** A kernel distance with its uncertainty. */
export interface KernelDistance {
  /** Mean of the subsets' estimates. It is unbiased, so it can be slightly below 0 for sets from one distribution. */
  readonly mean: number;
  /** Standard deviation of the subsets' estimates, with subsets - 1 in the denominator. */
  readonly standardDeviation: number;
  /**
   * 95 % confidence interval of the mean: mean +- 1.96 standardDeviation / sqrt(disjoint). At most `disjoint` subsets
   * have no image in common, and only these count as independent. The interval is conservative.
   */
  readonly interval: readonly [low: number, high: number];
  readonly disjoint: number;
  readonly subsets: number;
  readonly subsetSize: number;
  readonly seed: number;
}

const DEFAULT_SUBSET_SIZE = 1000;
/** The 97.5 % quantile of the normal distribution. */
const QUANTILE = 1.96;

/**
 * The kernel distance of two feature matrices.
 *
 * @param featuresA - [n, d], n at least 4.
 * @param featuresB - [m, d], m at least 4.
 * @throws ShapeError if the sets are no matrices of equally many columns with four rows or more; ArgumentError for a
 *   wrong option.
 * @example
 * const random = createRandom(1);
 * const [real, generated] = [random.normal([100, 8]), random.normal([100, 8], 3)];
 * const { mean: distance } = kernelDistance(real, generated, { seed: 1 });
 * distance > 1; // true
 */
export function kernelDistance(
  featuresA: Tensor,
  featuresB: Tensor,
  options: KernelDistanceOptions = {},
): KernelDistance {
  const where = 'kernelDistance';
  const [a, b] = checkFeaturePair(where, ['featuresA', 'featuresB'], featuresA, featuresB, 4);
  const smaller = Math.min(a.shape[0]!, b.shape[0]!);
  const half = Math.floor(smaller / 2);
  const { subsets, subsetSize, seed } = readOptions(where, options, {
    subsets: integer(2, 100_000).or(100),
    subsetSize: integer(2, half).or(Math.min(DEFAULT_SUBSET_SIZE, half)),
    seed: integer(0).or(0),
  });

  const random = createRandom(seed);
  const [drawA, drawB] = [a, b].map((features) => drawSubsets(features, subsetSize, random));
  const estimates = Array.from({ length: subsets }, () =>
    withoutRecording(() => scope(() => squaredDiscrepancy(drawA!(), drawB!()), where)),
  );
  const mean = estimates.reduce((sum, one) => sum + one, 0) / subsets;
  const squares = estimates.reduce((sum, one) => sum + (one - mean) * (one - mean), 0);
  const standardDeviation = Math.sqrt(squares / (subsets - 1));
  const disjoint = Math.min(subsets, Math.floor(smaller / subsetSize));
  const reach = (QUANTILE * standardDeviation) / Math.sqrt(disjoint);
  return {
    mean,
    standardDeviation,
    interval: [mean - reach, mean + reach],
    disjoint,
    subsets,
    subsetSize,
    seed,
  };
}

/** Draws subsets of rows from random permutations; the subsets of one permutation are disjoint. */
function drawSubsets(features: Tensor, size: number, random: Random): () => Tensor {
  const rows = tensorDataset(features);
  let order = new Int32Array(0);
  let next = 0;
  return () => {
    if (next + size > order.length) {
      order = new Int32Array(random.permutation(rows.count));
      next = 0;
    }
    next += size;
    return rows.gather(order.subarray(next - size, next));
  };
}

/** @internal The unbiased estimate of MMD^2 from equally many rows of each set. */
export function squaredDiscrepancy(x: Tensor, y: Tensor): number {
  const m = x.shape[0]!;
  const within = (one: Tensor): number => (2 * kernelSum(one, one, true)) / (m * (m - 1));
  return within(x) + within(y) - (2 * kernelSum(x, y, false)) / (m * m);
}

/** The sum of the kernel over all pairs of rows, or those above the diagonal. Products are float32, sums float64. */
function kernelSum(x: Tensor, y: Tensor, aboveDiagonal: boolean): number {
  const products = matmul(x, y, { transposeB: true });
  const [rows, columns] = products.shape as readonly [number, number];
  const data = products.storage.view();
  const scale = 1 / x.shape[1]!;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    let rowSum = 0;
    for (let j = aboveDiagonal ? i + 1 : 0; j < columns; j++) {
      const base = data[i * columns + j]! * scale + 1;
      rowSum += base * base * base;
    }
    sum += rowSum;
  }
  products.dispose();
  return sum;
}
