/**
 * Group normalisation, and layer normalisation, which has one group of features and no other axes in it.
 *   xhat = (x - mean) / sqrt(variance + epsilon);  y = gamma xhat + beta
 * groupNorm takes mean and (biased) variance over all axes but the first and over the channels of one group; with as
 * many groups as channels it is instance normalisation. layerNorm takes them over the last axis.
 *   g = gamma dy;  dx = (g - mean g - xhat mean(g xhat)) / sqrt(variance + epsilon);  dgamma = sum dy xhat;
 *   dbeta = sum dy
 * Sources: Y. Wu, K. He, "Group Normalization", ECCV 2018; J. Ba, J. Kiros, G. Hinton, "Layer Normalization", 2016;
 * D. Ulyanov, A. Vedaldi, V. Lempitsky, "Instance Normalization", 2016. Epsilon follows Keras.
 */
import { isRecorded, record } from '../autograd/record.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { checkInteger } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import { number, option, readOptions } from '../core/options.ts';
import { formatShape, sizeOf } from '../core/shape.ts';
import { normalizeGroups, normalizeGroupsBackward } from '../kernels/library/group-normalization.ts';
import { add, mul, sub } from './arithmetic.ts';
import { sumTo } from './internal/broadcasting.ts';
import { rememberLast } from './internal/remember-last.ts';
import { rsqrt } from './pow.ts';
import { mean } from './reduce.ts';
import { reshape } from './reshape.ts';
import { square } from './unary.ts';

/** The options of groupNorm() and layerNorm(). */
export interface GroupNormOptions {
  /** Scale of each channel, [channels]. */
  readonly gamma: Tensor;
  /** Shift of each channel, [channels]. */
  readonly beta: Tensor;
  /** Added to the variance. Default 1e-3. */
  readonly epsilon?: number | undefined;
}

const OPTIONS = {
  gamma: option<Tensor>(checkTensor),
  beta: option<Tensor>(checkTensor),
  epsilon: number({ from: 0 }).or(1e-3),
};

/**
 * Normalises the channels of each item in groups: x [n, ..., channels] keeps its shape.
 *
 * @param groups - how many groups there are; must divide the number of channels. As many as channels: instance
 *   normalisation. 1: one mean and variance for each item.
 * @throws ShapeError if the groups do not divide the channels, or gamma or beta is not [channels]; ArgumentError for a
 *   wrong option.
 * @example
 * const x = tensor([[1, 3, 10, 30]]);
 * groupNorm(x, 2, { gamma: ones([4]), beta: zeros([4]), epsilon: 0 }); // [[-1, 1, -1, 1]]
 */
export function groupNorm(x: Tensor, groups: number, options: GroupNormOptions): Tensor {
  checkTensor('groupNorm', 'x', x);
  if (x.rank < 2) throw new ShapeError(`groupNorm: x must have shape [n, ..., channels]; got ${formatShape(x.shape)}`);
  const channels = x.shape[x.rank - 1]!;
  checkInteger('groupNorm', 'groups', groups, 1, Math.max(channels, 1));
  if (channels % groups !== 0) {
    throw new ShapeError(`groupNorm: groups must divide the ${channels} channels of x; got ${groups}`);
  }
  return normalize('groupNorm', x, [x.shape[0]!, sizeOf(x.shape.slice(1, -1)), groups, channels / groups], options);
}

/**
 * Normalises the last axis of x [..., features], which keeps its shape.
 *
 * @throws ShapeError if gamma or beta is not [features]; ArgumentError for a wrong option.
 * @example
 * layerNorm(tensor([[1, 3]]), { gamma: ones([2]), beta: zeros([2]), epsilon: 0 }); // [[-1, 1]]
 */
export function layerNorm(x: Tensor, options: GroupNormOptions): Tensor {
  checkTensor('layerNorm', 'x', x);
  if (x.rank === 0) throw new ShapeError('layerNorm: x must have a last axis of features; got a scalar');
  const features = x.shape[x.rank - 1]!;
  return normalize('layerNorm', x, [sizeOf(x.shape.slice(0, -1)), 1, 1, features], options);
}

type Sizes = readonly [images: number, rows: number, groups: number, width: number];

function normalize(where: string, x: Tensor, sizes: Sizes, options: GroupNormOptions): Tensor {
  const { gamma, beta, epsilon } = readOptions(where, options, OPTIONS);
  const [images, rows, groups, width] = sizes;
  const channels = groups * width;
  for (const [name, { shape }] of Object.entries({ gamma, beta })) {
    if (shape.length === 1 && shape[0] === channels) continue;
    throw new ShapeError(
      `${where}: ${name} must have shape [${channels}], one value per channel; got ${formatShape(shape)}`,
    );
  }
  const count = images * groups;
  const shape = [0, count, groups, rows, width] as const;
  const middle = new Tensor([count]);
  const inverse = new Tensor([count]);
  const y = new Tensor(x.shape);
  normalizeGroups.run(
    y.address,
    middle.address,
    inverse.address,
    x.address,
    gamma.address,
    beta.address,
    epsilon,
    ...shape,
  );

  const fused = rememberLast((dy: Tensor) => {
    const dx = new Tensor(x.shape);
    const scaled = new Tensor(x.shape);
    normalizeGroupsBackward.run(
      dx.address,
      scaled.address,
      dy.address,
      x.address,
      middle.address,
      inverse.address,
      gamma.address,
      ...shape,
    );
    return { dx, dgamma: sumTo(scaled, [channels]) };
  });

  // The same in recorded operations.
  const recorded = rememberLast((dy: Tensor) => {
    const average = (t: Tensor): Tensor => mean(t, [1, 3], true);
    const grouped = (t: Tensor): Tensor => reshape(t, sizes);
    const centred = sub(grouped(x), average(grouped(x)));
    const scale = rsqrt(add(average(square(centred)), epsilon));
    const xhat = mul(centred, scale);
    const g = grouped(mul(dy, gamma));
    const dx = mul(sub(sub(g, average(g)), mul(xhat, average(mul(g, xhat)))), scale);
    return { dx: reshape(dx, x.shape), dgamma: sumTo(mul(dy, reshape(xhat, x.shape)), [channels]) };
  });

  const backward = (dy: Tensor) => (x.size > 0 && isRecorded([dy, x, gamma]) ? recorded(dy) : fused(dy));
  return record(
    where,
    y,
    [x, gamma, beta],
    [(dy) => backward(dy).dx, (dy) => backward(dy).dgamma, (dy) => sumTo(dy, [channels])],
  );
}
