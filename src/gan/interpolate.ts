/**
 * Interpolation in the latent space: images of the noise vectors between given ones. From a to b, with t from 0 to 1:
 *   linear      z = (1 - t) a + t b
 *   normalized  z, scaled to the length (1 - t) |a| + t |b|
 * Random vectors of high dimension all have about the same length and are nearly orthogonal. Halfway between two of
 * them the linear z is therefore shorter, by a factor of the square root of 2, than the vectors that the generator was
 * trained on. The normalized z follows the same arc from a to b as spherical interpolation, at an uneven pace. It needs
 * no sines, whose last bits differ between engines.
 * Source of spherical interpolation: T. White, "Sampling Generative Networks", 2016.
 */
import { scope } from '../autograd/scope.ts';
import { checkTensor, type Tensor, tensor } from '../autograd/tensor.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { choice, integer, readOptions } from '../core/options.ts';
import { checkShape, formatShape } from '../core/shape.ts';
import { checkModel } from '../nn/check-model.ts';
import type { Model } from '../nn/sequential.ts';

/** The options of interpolate(). */
export interface InterpolateOptions {
  /** The number of images, both ends included; at least 2. Default 10. */
  readonly steps?: number | undefined;
  /** How the vectors between two noise vectors are computed. Default 'normalized'. */
  readonly path?: InterpolationPath | undefined;
}

/** How the vectors between two noise vectors are computed. src/gan/interpolate.ts has the formulas. */
export type InterpolationPath = 'normalized' | 'linear';
const PATHS: readonly InterpolationPath[] = ['normalized', 'linear'];

const OPTIONS = { steps: integer(2).or(10), path: choice(PATHS).or('normalized') };

/**
 * Images on the path from the first noise vector through all others to the last, at equal steps of t:
 * [steps, ...image]. With n vectors, every given vector is on the path if steps - 1 is a multiple of n - 1.
 *
 * @param generator - a model whose items are vectors.
 * @param noise - [n, length], at least two vectors. For a class-conditional generator, make them with withClasses().
 * @throws ShapeError if the noise is no [n, length] of at least two vectors that the generator takes; ArgumentError
 *   for a wrong option.
 * @example
 * const walk = interpolate(denseGenerator(), createRandom(7).normal([3, 100]), { steps: 17 });
 * walk.shape; // [17, 28, 28, 1]
 * imageGrid(walk, { columns: 17 });
 */
export function interpolate(generator: Model, noise: Tensor, options: InterpolateOptions = {}): Tensor {
  const where = 'interpolate';
  checkModel(where, 'generator', generator);
  checkTensor(where, 'noise', noise);
  const [count = 0, length = 0] = noise.shape;
  if (noise.rank !== 2 || count < 2) {
    throw new ShapeError(
      `${where}: noise must have shape [n, length] with at least two vectors; got ${formatShape(noise.shape)}`,
    );
  }
  const { steps, path } = readOptions(where, options, OPTIONS);
  const { inputShape = [length], outputShape = [1] } = generator;
  if (inputShape.length !== 1 || inputShape[0] !== length) {
    throw new ShapeError(
      `${where}: the generator takes items of shape ${formatShape(inputShape)}; the noise has vectors of ${length}`,
    );
  }
  checkShape(where, 'the noise of all steps', [steps, length]);
  checkShape(where, 'the images of all steps', [steps, ...outputShape]);
  const stops = new Float32Array(steps * length);
  const values = noise.storage.view();
  for (let step = 0; step < steps; step++) {
    const position = (step * (count - 1)) / (steps - 1);
    const from = Math.min(Math.floor(position), count - 2);
    const a = values.subarray(from * length, (from + 1) * length);
    const b = values.subarray((from + 1) * length, (from + 2) * length);
    stops.set(between(a, b, position - from, path), step * length);
  }
  return scope(() => generator.predict(tensor(stops, [steps, length])), where);
}

function between(a: Float32Array, b: Float32Array, t: number, path: InterpolationPath): Float64Array {
  const z = Float64Array.from(a, (value, i) => (1 - t) * value + t * b[i]!);
  if (path === 'linear') return z;
  const length = norm(z);
  const wanted = (1 - t) * norm(a) + t * norm(b);
  if (length === 0 && wanted > 0) {
    throw new ArgumentError(
      'interpolate: two vectors in a row point in opposite directions, and no arc leads from one to the other. Put a ' +
        'third between them, or take path: "linear".',
    );
  }
  return length === 0 ? z : z.map((value) => value * (wanted / length));
}

function norm(vector: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}
