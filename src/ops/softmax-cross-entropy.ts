/**
 * Softmax cross-entropy from logits z [n, classes] and class numbers, averaged over the n rows:
 *   loss[r] = log(sum over c of e^z[r, c]) - z[r, label];  dz[r, c] = (softmax(z)[r, c] - (c = label ? 1 : 0)) dy / n
 * The kernel subtracts the largest logit of the row first, so nothing overflows.
 */
import { isRecorded, record } from '../autograd/record.ts';
import { checkTensor, ones, Tensor } from '../autograd/tensor.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { boolean, readOptions } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import * as kernels from '../kernels/library/softmax-cross-entropy.ts';
import { add, mul, neg, sub } from './arithmetic.ts';
import { clip } from './clip.ts';
import { oneHot } from './gather.ts';
import { LOSS_OPTIONS, type LossOptions, PROBABILITY_MARGIN, reduceLosses } from './internal/loss-reduction.ts';
import { sum } from './reduce.ts';
import { reshape } from './reshape.ts';
import { log } from './unary.ts';

/** float32 holds every whole number up to this one. */
const MOST_CLASSES = 2 ** 24;

/** The options of sparseCategoricalCrossentropy(). */
export interface SparseCategoricalCrossentropyOptions extends LossOptions {
  /**
   * The predictions are logits. Default true, other than in Keras. With false they are probabilities, which are clipped
   * to [1e-7, 1 - 1e-7].
   */
  readonly fromLogits?: boolean | undefined;
}

const OPTIONS = { ...LOSS_OPTIONS, fromLogits: boolean().or(true) };

/**
 * Softmax cross-entropy between class numbers and logits: by default the mean over the rows, a scalar.
 *
 * It is right for any finite logits. With all other logits 0, a logit of 10,000 costs 10,000 for a wrong class and
 * nothing for the right one.
 *
 * @param labels - [n], the number of each row's class, counted from 0. Their gradient is zero.
 * @param logits - [n, classes]; probabilities if `fromLogits` is false.
 * @param options.reduction - 'none' gives the loss of each row, [n].
 * @throws ShapeError if the labels are not [n] or the logits not [n, classes]; ArgumentError if a label is no class,
 *   or for a wrong option.
 * @example
 * sparseCategoricalCrossentropy(tensor([2, 0]), tensor([[0, 0, 0], [100, 0, 0]])); // 0.549306...: (log(3) + 0) / 2
 */
export function sparseCategoricalCrossentropy(
  labels: Tensor,
  logits: Tensor,
  options: SparseCategoricalCrossentropyOptions = {},
): Tensor {
  const where = 'sparseCategoricalCrossentropy';
  const { fromLogits, ...reduction } = readOptions(where, options, OPTIONS);
  checkTensor(where, 'labels', labels);
  checkTensor(where, 'logits', logits);
  const [rows, classes] = logits.shape;
  if (rows === undefined || classes === undefined || logits.rank !== 2 || classes === 0) {
    throw new ShapeError(
      `${where}: logits must have shape [n, classes], at least one class; got ${formatShape(logits.shape)}`,
    );
  }
  if (classes > MOST_CLASSES) {
    throw new ShapeError(
      `${where}: logits may have at most ${MOST_CLASSES} classes, the class numbers that float32 labels hold; ` +
        `got ${formatShape(logits.shape)}`,
    );
  }
  if (labels.rank !== 1 || labels.size !== rows) {
    throw new ShapeError(
      `${where}: labels must have shape [${rows}], one class number for each row of logits ` +
        `${formatShape(logits.shape)}; got ${formatShape(labels.shape)}`,
    );
  }
  checkClasses(where, labels, classes);
  if (!fromLogits) {
    const own = sum(mul(logits, oneHot(labels, classes)), 1);
    return reduceLosses(where, neg(log(clip(own, PROBABILITY_MARGIN, 1 - PROBABILITY_MARGIN))), reduction);
  }
  const losses = new Tensor([rows]);
  kernels.softmaxCrossEntropy.run(losses.address, logits.address, labels.address, rows, classes);
  const dLogits = (dy: Tensor): Tensor => {
    if (isRecorded([dy, logits])) return mul(excess(labels, logits), reshape(dy, [rows, 1]));
    const dz = new Tensor(logits.shape);
    kernels.softmaxCrossEntropyBackward.run(dz.address, dy.address, logits.address, labels.address, rows, classes);
    return dz;
  };
  return reduceLosses(where, record(where, losses, [labels, logits], ['zero', dLogits]), reduction);
}

/**
 * q = softmax(z) - o, where o is 1 at each row's label: the kernel with dy = 1. Recorded, for second derivatives:
 *   dz = p (dq - sum over the row of p dq),  p = q + o
 */
function excess(labels: Tensor, logits: Tensor): Tensor {
  const [rows, classes] = logits.shape as readonly [number, number];
  const q = new Tensor(logits.shape);
  const one = ones([rows]);
  kernels.softmaxCrossEntropyBackward.run(q.address, one.address, logits.address, labels.address, rows, classes);
  const backward = (dq: Tensor): Tensor => {
    const p = add(excess(labels, logits), oneHot(labels, classes));
    return mul(p, sub(dq, sum(mul(p, dq), 1, true)));
  };
  return record('softmax', q, [logits], [backward], [labels]);
}

/** Checks that every label is a class number. The kernels use labels as addresses, unchecked. */
function checkClasses(where: string, labels: Tensor, classes: number): void {
  const classOf = labels.storage.values();
  for (let i = 0; i < labels.size; i++) {
    const label = classOf[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new ArgumentError(
        `${where}: labels must be whole numbers from 0 to ${classes - 1}, the classes of the logits; ` +
          `element ${i} is ${label}`,
      );
    }
  }
}
