/**
 * Pictures from chosen points of the latent space. The sliders move along the directions n that change the first layer
 * of the generator most: the unit vectors with the largest |n K|, the eigenvectors of K K^T for its kernel K.
 * Source: Y. Shen, B. Zhou, "Closed-Form Factorization of Latent Semantics in GANs", CVPR 2021.
 */
import {
  createRandom,
  interpolate,
  type Model,
  matmul,
  scope,
  slice,
  type Tensor,
  tensor,
  withClasses,
} from '../../../src/index.ts';
import type { Draw } from './protocol.ts';

/** How many sliders there are. */
export const DIRECTIONS = 6;
/** Rounds of the power iteration. A later call begins with the directions of the call before, and needs as few. */
const ROUNDS = 30;

/** The first directions of a generator, unit vectors, the most effective first. */
export function directionsOf(generator: Model, latentDim: number, before: readonly Float64Array[]): Float64Array[] {
  const kernel = generator.namedWeights.get('0.kernel');
  if (kernel === undefined) return [];
  const values = scope(() => {
    const rows = slice(kernel, [0, 0], [latentDim, -1]);
    return Float64Array.from(matmul(rows, rows, { transposeB: true }).data);
  });
  const found: Float64Array[] = [];
  for (let i = 0; i < Math.min(DIRECTIONS, latentDim); i++) {
    let vector = before[i] ?? Float64Array.from({ length: latentDim }, (_, k) => (k % (i + 2) === 0 ? 1 : -0.5));
    for (let round = 0; round < ROUNDS; round++) vector = unit(without(multiply(values, vector), found));
    found.push(vector);
  }
  return found;
}

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  return vector.map((_, row) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += matrix[row * size + k]! * vector[k]!;
    return sum;
  });
}

/** The part of a vector that is orthogonal to unit vectors. */
function without(vector: Float64Array, others: readonly Float64Array[]): Float64Array {
  let rest = vector;
  for (const other of others) {
    const share = rest.reduce((sum, value, k) => sum + value * other[k]!, 0);
    rest = rest.map((value, k) => value - share * other[k]!);
  }
  return rest;
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** The noise vector of a seed, moved along the directions. */
function noiseOf(seed: number, shifts: readonly number[], directions: readonly Float64Array[], size: number): number[] {
  return scope(() => {
    const values = Array.from(createRandom(seed).normal([size]).data);
    shifts.forEach((shift, i) => {
      directions[i]?.forEach((value, k) => {
        values[k]! += shift * value;
      });
    });
    return values;
  });
}

/** [steps, ...image], or one picture for each seed. */
export function drawPictures(
  generator: Model,
  latentDim: number,
  { seeds, shifts, labels, steps }: Draw,
  directions: readonly Float64Array[],
): Tensor {
  return scope(() => {
    const rows = seeds.map((seed) => noiseOf(seed, shifts, directions, latentDim));
    const noise = tensor(rows.flat(), [rows.length, latentDim]);
    const input = labels.length === 0 ? noise : withClasses(noise, labels);
    return steps > rows.length && rows.length > 1 ? interpolate(generator, input, { steps }) : generator.predict(input);
  });
}
