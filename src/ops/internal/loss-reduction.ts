/**
 * What all losses have in common: how the losses of elements or rows become one number, and how labels fit predictions.
 */
import { checkTensor, Tensor } from '../../autograd/tensor.ts';
import { checkNumber } from '../../core/check.ts';
import { ShapeError } from '../../core/errors.ts';
import { choice, type Option, option } from '../../core/options.ts';
import { broadcastShapes, formatShape, sameShape } from '../../core/shape.ts';
import { mul } from '../arithmetic.ts';
import { mean, sum } from '../reduce.ts';

export type LossReduction = 'mean' | 'sum' | 'none';

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
