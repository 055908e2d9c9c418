/** The features and the most likely class of each image of a set, computed in batches by a classifier. */
import { Tensor } from '../autograd/tensor.ts';
import { describe, isInstance } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import { visitBatches } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { argMaxRows } from '../ops/internal/arg-max.ts';

interface Network {
  readonly features: (images: Tensor) => Tensor;
  readonly logits: ((features: Tensor) => Tensor) | undefined;
  readonly batchSize: number;
}

interface Outputs {
  /** [count, featureCount], row-major. */
  readonly rows: Float32Array;
  readonly featureCount: number;
  /** The most likely class of each image. Empty without logits. */
  readonly classes: Int32Array;
  readonly classCount: number;
}

export function outputsOf(where: string, { features, logits, batchSize }: Network, images: Dataset): Outputs {
  let rows = new Float32Array(0);
  let classes = new Int32Array(0);
  let [featureCount, classCount] = [0, 0];
  visitBatches(images, batchSize, (batch, start) => {
    const count = batch.shape[0]!;
    const found = checkOutput(where, 'features', features(batch), count, featureCount);
    const scores = logits && checkOutput(where, 'logits', logits(found), count, classCount);
    if (start === 0) {
      featureCount = found.shape[1]!;
      // Not before: a dataset may announce more images than it has.
      rows = new Float32Array(images.count * featureCount);
      if (scores !== undefined) {
        classCount = scores.shape[1]!;
        classes = new Int32Array(images.count);
      }
    }
    rows.set(found.storage.view(), start * featureCount);
    if (scores !== undefined) classes.set(argMaxRows(scores), start);
  });
  return { rows, featureCount, classes, classCount };
}

/** Checks for a matrix with one row for each image and `columns` columns; 0 accepts any number of columns. */
function checkOutput(where: string, name: string, output: unknown, rows: number, columns: number): Tensor {
  if (!isInstance(output, Tensor)) {
    throw new ArgumentError(`${where}: ${name} must return a Tensor; got ${describe(output)}`);
  }
  const [n, d = 0] = output.shape;
  if (output.rank !== 2 || n !== rows || d < 1 || (columns !== 0 && d !== columns)) {
    throw new ShapeError(
      `${where}: ${name} must return a matrix [${rows}, ${columns === 0 ? 'd' : columns}], one row for each image;` +
        ` got shape ${formatShape(output.shape)}`,
    );
  }
  return output;
}
