/**
 * Losses for labels -1 and 1 with a margin of 1: hinge max(1 - y p, 0) and its square. Keras turns labels 0 and 1 into
 * -1 and 1; here they must be -1 and 1 already: sub(mul(2, labels), 1).
 */
import { type Tensor, toTensor } from '../autograd/tensor.ts';
import { readOptions } from '../core/options.ts';
import { mul, sub } from './arithmetic.ts';
import { checkLabels, LOSS_OPTIONS, type LossOptions, reduceLosses } from './internal/loss-reduction.ts';
import { relu, square } from './unary.ts';

/**
 * max(1 - y p, 0): by default the mean over all elements, a scalar.
 *
 * @param labels - -1 or 1, of the shape of the predictions, or one number for all of them.
 * @throws ShapeError if the shapes differ and labels is no number; ArgumentError for a wrong option.
 * @example
 * hinge(tensor([1, -1]), tensor([0.25, -2])); // 0.375: (0.75 + 0) / 2
 */
export function hinge(labels: Tensor | number, predictions: Tensor, options: LossOptions = {}): Tensor {
  const reduction = readOptions('hinge', options, LOSS_OPTIONS);
  return reduceLosses('hinge', shortfall('hinge', labels, predictions), reduction);
}

/**
 * max(1 - y p, 0)^2, with the arguments of hinge().
 *
 * @param labels - of the shape of the predictions, or one number for all of them.
 * @param predictions - of any shape.
 * @throws ShapeError if the shapes differ and labels is no number; ArgumentError for a wrong option.
 * @example
 * squaredHinge(tensor([1, -1]), tensor([0.5, -2])); // 0.125
 */
export function squaredHinge(labels: Tensor | number, predictions: Tensor, options: LossOptions = {}): Tensor {
  const reduction = readOptions('squaredHinge', options, LOSS_OPTIONS);
  return reduceLosses('squaredHinge', square(shortfall('squaredHinge', labels, predictions)), reduction);
}

function shortfall(where: string, labels: Tensor | number, predictions: Tensor): Tensor {
  const y = toTensor(where, 'labels', labels);
  const p = toTensor(where, 'predictions', predictions);
  checkLabels(where, y, p);
  return relu(sub(1, mul(y, p)));
}
