/**
 * Validation: the measures of a step, over images that are not trained on, in inference mode. Nothing in the training
 * depends on it.
 */
import type { Tensor } from '../autograd/tensor.ts';
import { DivergenceError } from '../core/errors.ts';
import { visitBatches } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Measures } from './events.ts';

/**
 * The means over all images.
 *
 * @param zeroMeasures - the measures, all 0.
 * @param measure - returns the means over one batch, given the place of its first image.
 * @throws DivergenceError if a mean is not finite.
 */
export function validate<M extends Measures<M>>(
  where: string,
  images: Dataset,
  batchSize: number,
  zeroMeasures: M,
  measure: (batch: Tensor, start: number) => M,
): M {
  const names = Object.keys(zeroMeasures) as (keyof M & string)[];
  const sums = new Map(names.map((name) => [name, 0]));
  visitBatches(images, batchSize, (batch, start) => {
    const means = measure(batch, start);
    for (const name of names) sums.set(name, sums.get(name)! + means[name] * batch.shape[0]!);
  });
  const means = [...sums].map(([name, sum]) => [name, sum / images.count] as const);
  const broken = means.find(([, value]) => !Number.isFinite(value));
  if (broken !== undefined) {
    throw new DivergenceError(
      `${where}: over the validation data ${broken[0]} is ${broken[1]}, while all weights are finite. Check the ` +
        'validation images for NaN, or lower the learning rate.',
    );
  }
  return Object.fromEntries(means) as M;
}
