/** What a classifier makes of a set of images, a batch at a time: the features that distances are taken of, and the likeliest classes. */
import { Tensor } from '../autograd/tensor.ts';
import { describe } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import { visitBatches } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { likeliest } from './class-histogram.ts';

export interface Network {
  readonly features: (images: Tensor) => Tensor;
  readonly logits: (features: Tensor) => Tensor;
  readonly batchSize: number;
}

export interface Outputs {
  /** [count, featureCount], row-major. */
  readonly rows: Float32Array;
  readonly featureCount: number;
  /** The likeliest class of each image. */
  readonly classes: Int32Array;
  readonly classCount: number;
}

export function outputsOf(where: string, { features, logits, batchSize }: Network, images: Dataset): Outputs {
  let rows = new Float32Array(0);
  const classes = new Int32Array(images.count);
  let [featureCount, classCount] = [0, 0];
  visitBatches(images, batchSize, (batch, start) => {
    const count = batch.shape[0]!;
    const found = checkOutput(where, 'features', features(batch), count, featureCount);
    const scores = checkOutput(where, 'logits', logits(found), count, classCount);
    if (start === 0) {
      [featureCount, classCount] = [found.shape[1]!, scores.shape[1]!];
      rows = new Float32Array(images.count * featureCount);
    }
    rows.set(found.data, start * featureCount);
    classes.set(likeliest(scores), start);
  });
  return { rows, featureCount, classes, classCount };
}

/** A matrix with a row for each image; `columns` 0 takes any number of them. */
function checkOutput(where: string, name: string, output: unknown, rows: number, columns: number): Tensor {
  if (!(output instanceof Tensor)) {
    throw new ArgumentError(`${where}: ${name} must return a Tensor; got ${describe(output)}`);
  }
  const [n, d = 0] = output.shape;
  if (output.rank !== 2 || n !== rows || d < 1 || (columns !== 0 && d !== columns)) {
    throw new ShapeError(
      `${where}: ${name} must return a matrix [${rows}, ${columns === 0 ? 'd' : columns}], a row for each image; got shape ${formatShape(output.shape)}`,
    );
  }
  return output;
}
