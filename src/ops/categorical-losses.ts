/**
 * Losses between distributions over classes, which lie along the last axis of labels and predictions. Each row along it
 * has one loss.
 */
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { readOptions } from '../core/options.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { clip } from './clip.ts';
import {
  CROSSENTROPY_OPTIONS,
  type CrossentropyOptions,
  LOSS_OPTIONS,
  type LossOptions,
  PROBABILITY_MARGIN,
  reduceLosses,
} from './internal/loss-reduction.ts';
import { sum } from './reduce.ts';
import { logSoftmax } from './softmax.ts';
import { log } from './unary.ts';

/** The options of categoricalCrossentropy(). */
export type CategoricalCrossentropyOptions = CrossentropyOptions;

/**
 * -(sum over classes of y log p): by default the mean over the rows, a scalar. Probabilities are divided by their sum
 * and clipped to [1e-7, 1 - 1e-7], as in Keras; logits are right at any size. For class numbers instead of
 * distributions there is sparseCategoricalCrossentropy().
 *
 * @param labels - distributions, such as one-hot rows [n, classes].
 * @param predictions - of the same shape.
 * @param options.reduction - 'none' gives the loss of each row: [n] for [n, classes].
 * @throws ShapeError if the shapes differ or have no axis; ArgumentError for a wrong option.
 * @example
 * const labels = tensor([[0, 1], [1, 0]]);
 * categoricalCrossentropy(labels, tensor([[0, 0], [100, 0]]), { fromLogits: true }); // 0.346573...: (log(2) + 0) / 2
 */
export function categoricalCrossentropy(
  labels: Tensor,
  predictions: Tensor,
  options: CategoricalCrossentropyOptions = {},
): Tensor {
  const where = 'categoricalCrossentropy';
  const { fromLogits, labelSmoothing, ...reduction } = readOptions(where, options, CROSSENTROPY_OPTIONS);
  const classes = checkRows(where, labels, predictions);
  const y = labelSmoothing === 0 ? labels : add(mul(labels, 1 - labelSmoothing), labelSmoothing / classes);
  const logarithms = fromLogits
    ? logSoftmax(predictions)
    : log(clip(div(predictions, sum(predictions, -1, true)), PROBABILITY_MARGIN, 1 - PROBABILITY_MARGIN));
  return reduceLosses(where, neg(sum(mul(y, logarithms), -1)), reduction);
}

/**
 * The Kullback-Leibler divergence, sum over classes of y log(y / p): by default the mean over the rows, a scalar. Both
 * are clipped to [1e-7, 1], as in Keras.
 *
 * @param labels - distributions along the last axis.
 * @param predictions - of the same shape.
 * @throws ShapeError if the shapes differ or have no axis; ArgumentError for a wrong option.
 * @example
 * klDivergence(tensor([0.5, 0.5]), tensor([0.9, 0.1])); // 0.510825...
 */
export function klDivergence(labels: Tensor, predictions: Tensor, options: LossOptions = {}): Tensor {
  const reduction = readOptions('klDivergence', options, LOSS_OPTIONS);
  checkRows('klDivergence', labels, predictions);
  const y = clip(labels, PROBABILITY_MARGIN, 1);
  const p = clip(predictions, PROBABILITY_MARGIN, 1);
  return reduceLosses('klDivergence', sum(mul(y, sub(log(y), log(p))), -1), reduction);
}

/** The number of classes. */
function checkRows(where: string, labels: Tensor, predictions: Tensor): number {
  checkTensor(where, 'labels', labels);
  checkTensor(where, 'predictions', predictions);
  if (predictions.rank === 0 || !sameShape(labels.shape, predictions.shape)) {
    throw new ShapeError(
      `${where}: labels ${formatShape(labels.shape)} and predictions ${formatShape(predictions.shape)} must have the ` +
        'same shape, with a last axis of classes',
    );
  }
  return predictions.shape[predictions.rank - 1]!;
}
