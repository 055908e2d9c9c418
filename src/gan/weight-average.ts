/**
 * The exponential moving average of a generator's weights, a second generator that draws steadier pictures than the one
 * that learns. After step t
 *   average = m average + (1 - m) weight,   m = min(momentum, (1 + t) / (10 + t)),
 * so that a young average forgets the initial weights sooner than an old one. Moving statistics of batch normalisation
 * are averaged as the weights are: they then lag behind the training as the weights do that they belong to. Source: B.
 * T. Polyak, A. B. Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992; for GANs, Y. Yazıcı et al.,
 * "The Unusual Effectiveness of Averaging in GAN Training", ICLR 2019.
 */
import { checkNumber } from '../core/check.ts';
import { movingAverage } from '../kernels/library/moments.ts';
import { cloneModel, type Model } from '../nn/sequential.ts';

export interface WeightAverage {
  /** Of the averaged model's architecture; its weights are the averages. */
  readonly model: Model;
  readonly momentum: number;
}

/** An average that begins with the model's weights as they are; undefined without a momentum. */
export function createWeightAverage(
  where: string,
  model: Model,
  momentum: number | undefined,
): WeightAverage | undefined {
  if (momentum === undefined) return undefined;
  // At 1 the average would never move.
  checkNumber(where, 'emaMomentum', momentum, { from: 0, below: 1 });
  return { model: cloneModel(model), momentum };
}

/** Takes in the weights of `source` after its step number `step`, from 1. */
export function updateWeightAverage({ model, momentum }: WeightAverage, source: Model, step: number): void {
  const oldShare = Math.min(momentum, (1 + step) / (10 + step));
  const newest = source.weights;
  model.weights.forEach((average, i) => {
    movingAverage.run(average.address, newest[i]!.address, oldShare, 1 - oldShare, average.size);
    average.storage.changed();
  });
}
