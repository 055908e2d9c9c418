/**
 * Losses between numbers, beside meanSquaredError(), with the error e = prediction - label of each element. All take
 * labels of the shape of the predictions, or one number for all of them, and reduce as LossOptions says.
 */
import { type Tensor, toTensor } from '../autograd/tensor.ts';
import { number, readOptions } from '../core/options.ts';
import { add, mul, sub } from './arithmetic.ts';
import { clip } from './clip.ts';
import { checkLabels, LOSS_OPTIONS, type LossOptions, reduceLosses } from './internal/loss-reduction.ts';
import { abs, log, softplus } from './unary.ts';

/**
 * |e|: by default the mean over all elements, a scalar. Its gradient is sign(e), 0 where e is 0.
 *
 * @param labels - of the shape of the predictions, or one number for all of them.
 * @param predictions - of any shape.
 * @throws ShapeError if the shapes differ and labels is no number; ArgumentError for a wrong option.
 * @example
 * meanAbsoluteError(tensor([1, 2]), tensor([1.5, 4])); // 1.25
 */
export function meanAbsoluteError(labels: Tensor | number, predictions: Tensor, options: LossOptions = {}): Tensor {
  const where = 'meanAbsoluteError';
  const reduction = readOptions(where, options, LOSS_OPTIONS);
  return reduceLosses(where, abs(errorOf(where, labels, predictions)), reduction);
}

/** The options of huber(). */
export interface HuberOptions extends LossOptions {
  /** Where the loss goes over from a parabola to lines, above 0. Default 1. */
  readonly delta?: number | undefined;
}

const HUBER_OPTIONS = { ...LOSS_OPTIONS, delta: number({ above: 0 }).or(1) };

/**
 * e^2 / 2 for |e| <= delta, else delta (|e| - delta / 2): by default the mean over all elements, a scalar.
 *
 * @param labels - of the shape of the predictions, or one number for all of them.
 * @param predictions - of any shape.
 * @throws ShapeError if the shapes differ and labels is no number; ArgumentError if delta is not above 0, or for a
 *   wrong option.
 * @example
 * huber(0, tensor([0.5, -3])); // 1.3125: (0.125 + 2.5) / 2
 */
export function huber(labels: Tensor | number, predictions: Tensor, options: HuberOptions = {}): Tensor {
  const { delta, ...reduction } = readOptions('huber', options, HUBER_OPTIONS);
  const e = errorOf('huber', labels, predictions);
  const limited = clip(e, -delta, delta);
  return reduceLosses('huber', mul(limited, sub(e, mul(0.5, limited))), reduction);
}

/**
 * log(cosh(e)) = e + softplus(-2 e) - log(2): by default the mean over all elements, a scalar.
 *
 * @param labels - of the shape of the predictions, or one number for all of them.
 * @param predictions - of any shape.
 * @throws ShapeError if the shapes differ and labels is no number; ArgumentError for a wrong option.
 * @example
 * logCosh(0, tensor([0, 100])); // 49.653...: (100 - log(2)) / 2
 */
export function logCosh(labels: Tensor | number, predictions: Tensor, options: LossOptions = {}): Tensor {
  const reduction = readOptions('logCosh', options, LOSS_OPTIONS);
  const e = errorOf('logCosh', labels, predictions);
  return reduceLosses('logCosh', sub(add(e, softplus(mul(-2, e))), Math.LN2), reduction);
}

/** Keras's epsilon. */
const POISSON_MARGIN = 1e-7;

/**
 * p - y log(p + 1e-7), with the label y and the prediction p, the mean of a Poisson distribution: by default the mean
 * over all elements, a scalar.
 *
 * @param labels - of the shape of the predictions, or one number for all of them.
 * @param predictions - of any shape.
 * @throws ShapeError if the shapes differ and labels is no number; ArgumentError for a wrong option.
 * @example
 * poisson(tensor([0, 0]), tensor([1, 3])); // 2
 */
export function poisson(labels: Tensor | number, predictions: Tensor, options: LossOptions = {}): Tensor {
  const reduction = readOptions('poisson', options, LOSS_OPTIONS);
  const [y, p] = operands('poisson', labels, predictions);
  return reduceLosses('poisson', sub(p, mul(y, log(add(p, POISSON_MARGIN)))), reduction);
}

function errorOf(where: string, labels: Tensor | number, predictions: Tensor): Tensor {
  const [y, p] = operands(where, labels, predictions);
  return sub(p, y);
}

function operands(where: string, labels: Tensor | number, predictions: Tensor): [labels: Tensor, predictions: Tensor] {
  const y = toTensor(where, 'labels', labels);
  const p = toTensor(where, 'predictions', predictions);
  checkLabels(where, y, p);
  return [y, p];
}
