/** Checks of feature matrices [n, d], one row for each image, and their mean and covariance in float64. */
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import { countNonFinite } from '../kernels/library/sums.ts';

/** Checks for a finite matrix with at least `rows` rows and one column. */
function checkFeatureMatrix(where: string, argument: string, value: unknown, rows = 1): Tensor {
  const features = checkTensor(where, argument, value);
  if (features.rank !== 2 || features.shape[0]! < rows || features.shape[1]! < 1) {
    throw new ShapeError(
      `${where}: ${argument} must be a matrix [n, d], one row of features for each image, n at least ${rows};` +
        ` got shape ${formatShape(features.shape)}`,
    );
  }
  checkFinite(where, argument, features);
  return features;
}

/** Checks for two such matrices with equal numbers of columns. */
export function checkFeaturePair(
  where: string,
  names: readonly [string, string],
  first: unknown,
  second: unknown,
  rows = 1,
): readonly [Tensor, Tensor] {
  const a = checkFeatureMatrix(where, names[0], first, rows);
  const b = checkFeatureMatrix(where, names[1], second, rows);
  if (a.shape[1] !== b.shape[1]) {
    throw new ShapeError(
      `${where}: ${names[0]} ${formatShape(a.shape)} and ${names[1]} ${formatShape(b.shape)} must have equally many` +
        ' columns; compute both with the same network',
    );
  }
  return [a, b];
}

export function checkFinite(where: string, argument: string, x: Tensor): void {
  const count = countNonFinite.run(x.address, x.size);
  if (count > 0)
    throw new ArgumentError(`${where}: ${argument} must be finite; ${count} of its ${x.size} values are not`);
}

interface Moments {
  /** [d] */
  readonly mean: Float64Array;
  /** [d, d], row-major; the sums are divided by n - 1. */
  readonly covariance: Float64Array;
}

/** mean = sum x / n; covariance = sum (x - mean)(x - mean)^T / (n - 1), in a second pass. */
export function moments(features: Tensor): Moments {
  const [n, d] = features.shape as readonly [number, number];
  const data = features.storage.view();
  const mean = columnMeans(features);
  const covariance = new Float64Array(d * d);
  const row = new Float64Array(d);
  for (let r = 0; r < n; r++) {
    for (let i = 0; i < d; i++) row[i] = data[r * d + i]! - mean[i]!;
    for (let i = 0; i < d; i++) {
      const left = row[i]!;
      for (let j = i; j < d; j++) covariance[i * d + j]! += left * row[j]!;
    }
  }
  for (let i = 0; i < d; i++) {
    for (let j = i; j < d; j++) covariance[j * d + i] = covariance[i * d + j]! /= n - 1;
  }
  return { mean, covariance };
}

export function columnMeans(features: Tensor): Float64Array {
  const [n, d] = features.shape as readonly [number, number];
  const data = features.storage.view();
  const mean = new Float64Array(d);
  for (let r = 0; r < n; r++) for (let i = 0; i < d; i++) mean[i]! += data[r * d + i]!;
  return mean.map((sum) => sum / n);
}
