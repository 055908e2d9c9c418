/**
 * Initial weights.
 *   glorotUniform: uniform in [-l, l], l = sqrt(6 / (fan_in + fan_out)) (X. Glorot, Y. Bengio, AISTATS 2010)
 *   heUniform:     uniform in [-l, l], l = sqrt(6 / fan_in) (K. He et al., ICCV 2015)
 *   randomNormal:  normal with mean 0 and standard deviation 0.05, as in Keras
 *   randomUniform: uniform in [-0.05, 0.05], as in Keras
 */
import type { Random } from '../autograd/random.ts';
import { checkTensor, ones, type Tensor, zeros } from '../autograd/tensor.ts';
import { checkChoice } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import { type Option, option } from '../core/options.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../core/shape.ts';

/**
 * Makes the initial values of a weight: a tensor of the given shape.
 *
 * @example
 * const small: Initializer = (shape, random) => random.normal(shape, 0, 0.02);
 * layers.dense({ units: 256, kernelInitializer: small });
 */
export type Initializer = (shape: Shape, random: Random) => Tensor;

/** The initial values of a weight by their name in Keras, in camel case. */
export type InitializerName = 'glorotUniform' | 'heUniform' | 'randomNormal' | 'randomUniform' | 'zeros' | 'ones';

const INITIALIZERS: Readonly<Record<InitializerName, Initializer>> = {
  glorotUniform: (shape, random) => {
    const { fanIn, fanOut } = fans(shape);
    return uniformWithin(Math.sqrt(6 / Math.max(fanIn + fanOut, 1)), shape, random);
  },
  heUniform: (shape, random) => uniformWithin(Math.sqrt(6 / Math.max(fans(shape).fanIn, 1)), shape, random),
  randomNormal: (shape, random) => random.normal(shape, 0, 0.05),
  randomUniform: (shape, random) => uniformWithin(0.05, shape, random),
  zeros: (shape) => zeros(shape),
  ones: (shape) => ones(shape),
};

const NAMES = Object.keys(INITIALIZERS) as InitializerName[];

/** An option whose value is an initializer or the name of one. A user's function must return a tensor of the shape. */
export function initializer(): Option<InitializerName | Initializer, Initializer> {
  return option((where, argument, value) =>
    typeof value === 'function'
      ? checked(where, argument, value as Initializer)
      : INITIALIZERS[checkChoice(where, argument, value, NAMES)],
  );
}

function checked(where: string, argument: string, initialize: Initializer): Initializer {
  return (shape, random) => {
    const made = checkTensor(where, `the result of ${argument}`, initialize(shape, random));
    if (!sameShape(made.shape, shape)) {
      throw new ShapeError(
        `${where}: ${argument} made a tensor of shape ${formatShape(made.shape)}; expected ${formatShape(shape)}`,
      );
    }
    return made;
  };
}

/**
 * Inputs and outputs of one unit: the sizes of the last two axes, each times the product of the axes before them (the
 * receptive field of a convolution). As in Keras, the kernel of a transposed convolution is read the same way, though
 * its last two axes are filters and channels.
 */
function fans(shape: Shape): { fanIn: number; fanOut: number } {
  const field = sizeOf(shape.slice(0, -2));
  const fanOut = shape[shape.length - 1] ?? 1;
  return { fanIn: field * (shape[shape.length - 2] ?? fanOut), fanOut: field * fanOut };
}

function uniformWithin(limit: number, shape: Shape, random: Random): Tensor {
  return random.uniform(shape, -limit, limit);
}
