/**
 * Precision and recall of generated images (Kynkaanniemi et al. 2019). The manifold of a set is the union of balls
 * around its features; each ball reaches to the k-th nearest other feature of the set.
 *   precision = share of generated features inside the real manifold
 *   recall = share of real features inside the generated manifold
 */
import { scope } from '../autograd/scope.ts';
import { type Tensor, tensor } from '../autograd/tensor.ts';
import { integer, readOptions } from '../core/options.ts';
import { type Dataset, tensorDataset } from '../data/dataset.ts';
import { sub } from '../ops/arithmetic.ts';
import { visitDistances } from './distance-blocks.ts';
import { checkFeaturePair, columnMeans } from './features.ts';

/** The options of precisionRecall(). */
export interface PrecisionRecallOptions {
  /** k, less than both counts. Default 3. */
  readonly neighbours?: number | undefined;
}

/** How many generated images look real, and how much of the real ones is covered. */
export interface PrecisionRecall {
  /** The share of generated images that look real, 0 to 1. */
  readonly precision: number;
  /** The share of real images that the generator covers, 0 to 1. */
  readonly recall: number;
  readonly neighbours: number;
}

/**
 * Precision and recall of generated features against real ones. Both sets should have equal counts, because the balls
 * of a larger set are smaller. For two sets from one distribution both numbers are well below 1 (about 0.7 to 0.9).
 *
 * @param real - [n, d], n at least 2.
 * @param generated - [m, d], m at least 2.
 * @throws ShapeError if the sets are no matrices of equally many columns with two rows or more; ArgumentError for a
 *   wrong option.
 * @example
 * const random = createRandom(1);
 * const [real, generated] = [random.normal([100, 2]), random.normal([100, 2], 100)];
 * const { precision, recall } = precisionRecall(real, generated);
 * precision; // 0
 * recall; // 0
 */
export function precisionRecall(
  real: Tensor,
  generated: Tensor,
  options: PrecisionRecallOptions = {},
): PrecisionRecall {
  const where = 'precisionRecall';
  const [a, b] = checkFeaturePair(where, ['real', 'generated'], real, generated, 2);
  const smaller = Math.min(a.shape[0]!, b.shape[0]!);
  const { neighbours } = readOptions(where, options, {
    neighbours: integer(1, smaller - 1).or(Math.min(3, smaller - 1)),
  });
  return scope(() => {
    // Moving all features keeps the distances, and rounding is least near 0.
    const middle = tensor(Float32Array.from(columnMeans(a)));
    const [reals, fakes] = [tensorDataset(sub(a, middle)), tensorDataset(sub(b, middle))];
    return { ...coverage(reals, fakes, neighbours), neighbours };
  }, where);
}

function coverage(reals: Dataset, fakes: Dataset, neighbours: number): { precision: number; recall: number } {
  const realRadii = squaredRadii(reals, neighbours);
  const fakeRadii = squaredRadii(fakes, neighbours);
  const likely = new Uint8Array(fakes.count);
  const covered = new Uint8Array(reals.count);
  visitDistances(fakes, reals, ({ squares, row, column, rowCount, columnCount }) => {
    for (let i = 0; i < rowCount; i++) {
      const radius = fakeRadii[row + i]!;
      for (let j = 0; j < columnCount; j++) {
        const square = squares[i * columnCount + j]!;
        if (square <= realRadii[column + j]!) likely[row + i] = 1;
        if (square <= radius) covered[column + j] = 1;
      }
    }
  });
  const share = (flags: Uint8Array): number => flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
  return { precision: share(likely), recall: share(covered) };
}

/** The squared distance of each item to its k-th nearest other item. */
function squaredRadii(items: Dataset, k: number): Float32Array {
  // The k smallest squares of each item, ascending.
  const nearest = new Float32Array(items.count * k).fill(Infinity);
  visitDistances(items, items, ({ squares, row, column, rowCount, columnCount }) => {
    for (let i = 0; i < rowCount; i++) {
      const first = (row + i) * k;
      const last = first + k - 1;
      const self = row + i - column;
      for (let j = 0; j < columnCount; j++) {
        const square = squares[i * columnCount + j]!;
        if (square >= nearest[last]! || j === self) continue;
        let at = last;
        for (; at > first && nearest[at - 1]! > square; at--) nearest[at] = nearest[at - 1]!;
        nearest[at] = square;
      }
    }
  });
  return Float32Array.from({ length: items.count }, (_, i) => nearest[i * k + k - 1]!);
}
