/**
 * Binary cross-entropy and mean squared error. y is the label.
 *   from logits z:  loss = max(z, 0) - z y + log(1 + e^-|z|);  dz = (sigmoid(z) - y) dy, dy = -z dy
 *   from probabilities p, clipped to [1e-7, 1 - 1e-7] as in Keras:
 *     loss = -(y log p + (1 - y) log(1 - p));  dp = (p - y) / (p (1 - p)) dy
 * The formula for logits does not overflow and stays exact where the sigmoid would round to 0 or 1. Its mean without
 * weights, which a GAN takes, is one kernel.
 */
import { isRecorded, record, withoutRecording } from '../autograd/record.ts';
import { Tensor, toTensor } from '../autograd/tensor.ts';
import { readOptions } from '../core/options.ts';
import * as kernels from '../kernels/library/sigmoid-cross-entropy.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { clip } from './clip.ts';
import { sumTo } from './internal/broadcasting.ts';
import {
  CROSSENTROPY_OPTIONS,
  type CrossentropyOptions,
  checkLabels,
  LOSS_OPTIONS,
  type LossOptions,
  PROBABILITY_MARGIN,
  reduceLosses,
} from './internal/loss-reduction.ts';
import { sum } from './reduce.ts';
import { abs, log, relu, sigmoid, softplus, square } from './unary.ts';

/** The options of binaryCrossentropy(). */
export type BinaryCrossentropyOptions = CrossentropyOptions;

/**
 * Binary cross-entropy between labels in [0, 1] and predictions: by default the mean over all elements, a scalar.
 *
 * With logits it is right for any finite logit: a logit of 10,000 costs 10,000 with label 0 and nothing with label 1.
 * A probability of 0 with label 1, or of 1 with label 0, costs about 16, minus the logarithm of the margin 1e-7.
 *
 * @param labels - the same shape as the predictions, or one number for all of them.
 * @param options.reduction - 'none' gives the loss of each element.
 * @throws ShapeError if the shapes differ and labels is no number; ArgumentError for a wrong option.
 * @example
 * binaryCrossentropy(1, tensor([[0], [0]]), { fromLogits: true }); // 0.693147...: log(2)
 * binaryCrossentropy(tensor([1, 0]), tensor([0.9, 0.1]), { reduction: 'none' }); // [0.105360..., 0.105360...]
 */
export function binaryCrossentropy(
  labels: Tensor | number,
  predictions: Tensor,
  options: BinaryCrossentropyOptions = {},
): Tensor {
  const where = 'binaryCrossentropy';
  const given = toTensor(where, 'labels', labels);
  const p = toTensor(where, 'predictions', predictions);
  const { fromLogits, labelSmoothing, ...reduction } = readOptions(where, options, CROSSENTROPY_OPTIONS);
  checkLabels(where, given, p);
  const y = labelSmoothing === 0 ? given : add(mul(given, 1 - labelSmoothing), labelSmoothing / 2);
  if (fromLogits) {
    const isMean = reduction.reduction === 'mean' && reduction.weights === undefined;
    return isMean ? sigmoidCrossEntropy(y, p) : reduceLosses(where, sigmoidCrossEntropies(y, p), reduction);
  }
  const clipped = clip(p, PROBABILITY_MARGIN, 1 - PROBABILITY_MARGIN);
  const likelihoods = add(mul(y, log(clipped)), mul(sub(1, y), log(sub(1, clipped))));
  return reduceLosses(where, neg(likelihoods), reduction);
}

/**
 * (labels - predictions)^2: by default the mean over all elements, a scalar.
 *
 * @param labels - of the shape of the predictions, or one number for all of them.
 * @param predictions - of any shape.
 * @throws ShapeError if the shapes differ and labels is no number; ArgumentError for a wrong option.
 * @example
 * meanSquaredError(tensor([1, 2]), tensor([1.5, 4])); // 2.125
 * meanSquaredError(0, tensor([1, 2]), { reduction: 'sum' }); // 5
 */
export function meanSquaredError(labels: Tensor | number, predictions: Tensor, options: LossOptions = {}): Tensor {
  const where = 'meanSquaredError';
  const y = toTensor(where, 'labels', labels);
  const p = toTensor(where, 'predictions', predictions);
  const reduction = readOptions(where, options, LOSS_OPTIONS);
  checkLabels(where, y, p);
  return reduceLosses(where, square(sub(p, y)), reduction);
}

/** The mean of the losses. */
function sigmoidCrossEntropy(labels: Tensor, logits: Tensor): Tensor {
  const step = labels.rank === 0 ? 0 : 1;
  const count = logits.size;
  const loss = new Tensor([]);
  kernels.sigmoidCrossEntropy.run(loss.address, logits.address, labels.address, step, count);
  const dLogits = (dy: Tensor): Tensor => {
    if (isRecorded([dy, labels, logits])) return mul(sub(sigmoid(logits), labels), div(dy, count));
    const dz = new Tensor(logits.shape);
    kernels.sigmoidCrossEntropyBackward.run(dz.address, dy.address, logits.address, labels.address, step, count, count);
    return dz;
  };
  // The derivative of the mean with respect to a label y is -z / n. A single label for all elements gets the sum.
  const dLabels = (dy: Tensor): Tensor => {
    const each = mul(neg(logits), div(dy, count));
    return step === 1 ? each : sum(each);
  };
  return record('binaryCrossentropy', loss, [labels, logits], [dLabels, dLogits]);
}

/** The loss of each element. */
function sigmoidCrossEntropies(labels: Tensor, logits: Tensor): Tensor {
  const losses = withoutRecording(() => add(sub(relu(logits), mul(logits, labels)), softplus(neg(abs(logits)))));
  const dLabels = (dy: Tensor): Tensor => sumTo(neg(mul(dy, logits)), labels.shape);
  const dLogits = (dy: Tensor): Tensor => mul(dy, sub(sigmoid(logits), labels));
  return record('binaryCrossentropy', losses, [labels, logits], [dLabels, dLogits]);
}
