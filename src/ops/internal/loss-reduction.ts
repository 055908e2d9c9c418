/**
 * What all losses have in common: how the losses of elements or rows become one number, and how labels fit predictions.
 */
import { checkTensor, Tensor } from '../../autograd/tensor.ts';
import { checkNumber } from '../../core/check.ts';
import { ShapeError } from '../../core/errors.ts';
import { boolean, choice, number, type Option, option } from '../../core/options.ts';
import { broadcastShapes, formatShape, sameShape } from '../../core/shape.ts';
import { mul } from '../arithmetic.ts';
import { mean, sum } from '../reduce.ts';

/** What a loss makes of the losses of the elements or rows: their mean, their sum, or all of them. */
export type LossReduction = 'mean' | 'sum' | 'none';

/** The options of every loss. */
export interface LossOptions {
  /**
   * 'mean': the sum of the losses, divided by their number, also with weights: Keras's 'sum_over_batch_size'. 'sum':
   * their sum. 'none': the losses themselves. Default 'mean'.
   */
  readonly reduction?: LossReduction | undefined;
  /** Each loss is multiplied by its weight. A number, or a tensor that broadcasts to the losses. Default: 1. */
  readonly weights?: Tensor | number | undefined;
}

const REDUCTIONS: readonly LossReduction[] = ['mean', 'sum', 'none'];

/** The schema of LossOptions. */
export const LOSS_OPTIONS: {
  readonly reduction: Option<LossReduction, LossReduction, 'optional'>;
  readonly weights: Option<Tensor | number, Tensor | number | undefined, 'optional'>;
} = {
  reduction: choice(REDUCTIONS).or('mean'),
  weights: option<Tensor | number>((where, argument, value) =>
    typeof value === 'number' ? checkNumber(where, argument, value) : checkTensor(where, argument, value),
  ).optional(),
};

/** The options of binary and categorical cross-entropy beside those of all losses. */
export interface CrossentropyOptions extends LossOptions {
  /** The predictions are logits, not probabilities. Default false, as in Keras. */
  readonly fromLogits?: boolean | undefined;
  /** s: labels y become y (1 - s) + s / n, where n is the number of classes, 2 if binary. Default 0. */
  readonly labelSmoothing?: number | undefined;
}

/** The schema of CrossentropyOptions. */
export const CROSSENTROPY_OPTIONS: typeof LOSS_OPTIONS & {
  readonly fromLogits: Option<boolean, boolean, 'optional'>;
  readonly labelSmoothing: Option<number, number, 'optional'>;
} = {
  ...LOSS_OPTIONS,
  fromLogits: boolean().or(false),
  labelSmoothing: number({ from: 0, below: 1 }).or(0),
};

/** Keras's epsilon: probabilities are kept this far from 0 and 1. */
export const PROBABILITY_MARGIN = 1e-7;

interface ReadLossOptions {
  readonly reduction: LossReduction;
  readonly weights?: Tensor | number | undefined;
}

export function reduceLosses(where: string, losses: Tensor, { reduction, weights }: ReadLossOptions): Tensor {
  if (weights instanceof Tensor && !sameShape(broadcastShapes(where, losses.shape, weights.shape), losses.shape)) {
    throw new ShapeError(
      `${where}: weights ${formatShape(weights.shape)} must broadcast to the losses ${formatShape(losses.shape)}`,
    );
  }
  const weighted = weights === undefined ? losses : mul(losses, weights);
  if (reduction === 'none') return weighted;
  return reduction === 'sum' ? sum(weighted) : mean(weighted);
}

/** Throws unless the labels have the shape of the predictions, or are one number. */
export function checkLabels(where: string, labels: Tensor, predictions: Tensor): void {
  if (labels.rank > 0 && !sameShape(labels.shape, predictions.shape)) {
    throw new ShapeError(
      `${where}: labels ${formatShape(labels.shape)} and predictions ${formatShape(predictions.shape)} must have the ` +
        'same shape, or labels must be one number',
    );
  }
}
