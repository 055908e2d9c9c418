/**
 * Binary cross-entropy and mean squared error, averaged over all n elements. y is the label.
 *   from logits z:  loss = max(z, 0) - z y + log(1 + e^-|z|);  dz = (sigmoid(z) - y) dy / n
 *   from probabilities p, clipped to [1e-7, 1 - 1e-7] as in Keras:
 *     loss = -(y log p + (1 - y) log(1 - p));  dp = (p - y) / (p (1 - p)) dy / n
 * The formula for logits does not overflow and stays exact where the sigmoid would round to 0 or 1.
 */
import { isRecorded, record } from '../autograd/record.ts';
import { Tensor, toTensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { boolean, readOptions } from '../core/options.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import * as kernels from '../kernels/library/sigmoid-cross-entropy.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import { clip } from './clip.ts';
import { mean, sum } from './reduce.ts';
import { log, sigmoid, square } from './unary.ts';

export interface BinaryCrossentropyOptions {
  /** The predictions are logits, not probabilities. Default false, as in Keras. */
  readonly fromLogits?: boolean | undefined;
}

const OPTIONS = { fromLogits: boolean().or(false) };

/** Keras's epsilon: probabilities are kept this far from 0 and 1. */
const PROBABILITY_MARGIN = 1e-7;

/**
 * Binary cross-entropy between labels in [0, 1] and predictions: the mean over all elements, a scalar.
 *
 * With logits it is right for any finite logit: a logit of 10,000 costs 10,000 with label 0 and nothing with label 1.
 * A probability of 0 with label 1, or of 1 with label 0, costs about 16, minus the logarithm of the margin 1e-7.
 *
 * @param labels - the same shape as the predictions, or one number for all of them.
 *
 * @example
 * binaryCrossentropy(1, logits, { fromLogits: true });
 */
export function binaryCrossentropy(
  labels: Tensor | number,
  predictions: Tensor,
  options: BinaryCrossentropyOptions = {},
): Tensor {
  const where = 'binaryCrossentropy';
  const y = toTensor(where, 'labels', labels);
  const p = toTensor(where, 'predictions', predictions);
  const { fromLogits } = readOptions(where, options, OPTIONS);
  checkLabels(where, y, p);
  if (fromLogits) return sigmoidCrossEntropy(y, p);
  const clipped = clip(p, PROBABILITY_MARGIN, 1 - PROBABILITY_MARGIN);
  return neg(mean(add(mul(y, log(clipped)), mul(sub(1, y), log(sub(1, clipped))))));
}

/**
 * The mean of (labels - predictions)^2 over all elements, a scalar.
 *
 * @param labels - the same shape as the predictions, or one number for all of them.
 */
export function meanSquaredError(labels: Tensor | number, predictions: Tensor): Tensor {
  const y = toTensor('meanSquaredError', 'labels', labels);
  const p = toTensor('meanSquaredError', 'predictions', predictions);
  checkLabels('meanSquaredError', y, p);
  return mean(square(sub(p, y)));
}

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

function checkLabels(where: string, labels: Tensor, predictions: Tensor): void {
  if (labels.rank > 0 && !sameShape(labels.shape, predictions.shape)) {
    throw new ShapeError(
      `${where}: labels ${formatShape(labels.shape)} and predictions ${formatShape(predictions.shape)} must have the ` +
        'same shape, or labels must be one number',
    );
  }
}
