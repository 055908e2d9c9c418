/**
 * The exponential moving average of a generator's weights. The averages make a second generator, whose images change
 * less from epoch to epoch. After step t:
 *   average = m average + (1 - m) weight,   m = min(momentum, (1 + t) / (10 + t))
 * The small m of the first steps makes the average forget the initial weights quickly. The moving statistics of batch
 * normalisation are averaged in the same way, so that they lag behind as much as the weights that they belong to.
 * Sources: B. T. Polyak, A. B. Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992; for GANs, Y.
 * Yazıcı et al., "The Unusual Effectiveness of Averaging in GAN Training", ICLR 2019.
 */
import { checkNumber } from '../core/check.ts';
import { movingAverage } from '../kernels/library/moments.ts';
import { cloneModel, type Model } from '../nn/sequential.ts';

export interface WeightAverage {
  /** A copy of the generator whose weights are the averages. */
  readonly model: Model;
  readonly momentum: number;
}

/** An average that starts at the model's present weights; undefined without a momentum. */
export function createWeightAverage(
  where: string,
  model: Model,
  momentum: number | undefined,
): WeightAverage | undefined {
  if (momentum === undefined) return undefined;
  // With a momentum of 1 the average would never change.
  checkNumber(where, 'emaMomentum', momentum, { from: 0, below: 1 });
  return { model: cloneModel(model), momentum };
}

/** Updates the average with the weights of `source` after step number `step`, counted from 1. */
export function updateWeightAverage({ model, momentum }: WeightAverage, source: Model, step: number): void {
  const oldShare = Math.min(momentum, (1 + step) / (10 + step));
  const newest = source.weights;
  model.weights.forEach((average, i) => {
    movingAverage.run(average.address, average.address, newest[i]!.address, oldShare, 1 - oldShare, average.size);
    average.storage.changed();
  });
}
