/** Classifies images with a trained classifier, batch by batch, and measures its accuracy. */
import type { Tensor } from '../autograd/tensor.ts';
import { fieldsOf } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import { formatShape, type Shape } from '../core/shape.ts';
import { visitBatches } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { checkModel } from '../nn/check-model.ts';
import { argMaxRows } from '../ops/internal/arg-max.ts';
import { buildInRow, expectShape, readLabels } from '../training/checks.ts';
import { readDataset } from '../training/options.ts';
import type { Classifier } from './digit-classifier.ts';

/** Images per batch. Their activations in a convolutional network take some ten megabytes. */
const BATCH = 256;

/**
 * The class of each image: the index of its largest logit, or the first such index if several are equal.
 *
 * @param images - a Dataset or a Tensor [n, ...item].
 * @throws ShapeError if the classifier takes other images.
 * @example
 * const { images } = await loadMnist();
 * const classes = classify(digitClassifier(), images.gather([0, 1, 2]));
 * classes.length; // 3
 */
export function classify(classifier: Classifier, images: Dataset | Tensor): Int32Array {
  const where = 'classify';
  const source = readDataset(where, 'images', images);
  const { features, head } = fitClassifier(where, readClassifier(where, 'classifier', classifier), source.itemShape);
  const classes = new Int32Array(source.count);
  visitBatches(source, BATCH, (batch, first) => classes.set(argMaxRows(head.predict(features.predict(batch))), first));
  return classes;
}

/**
 * The share of images that are classified as labelled, from 0 to 1; NaN if there are no images.
 *
 * @throws ArgumentError if there are not as many labels as images; ShapeError if the classifier takes other images.
 * @example
 * const test = await loadMnist({ split: 'test' });
 * const classifier = await trainClassifier(await loadMnist());
 * console.log(accuracy(classifier, test.images, test.labels)); // above 0.99 after 20 epochs
 */
export function accuracy(classifier: Classifier, images: Dataset | Tensor, labels: ArrayLike<number>): number {
  const where = 'accuracy';
  const source = readDataset(where, 'images', images);
  const { head } = fitClassifier(where, readClassifier(where, 'classifier', classifier), source.itemShape);
  const right = readLabels(where, labels, head.outputShape![0]!, source.count);
  return shareOf(classify(classifier, source), right);
}

/** The share of classes that equal their labels. */
export function shareOf(classes: Int32Array, labels: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < classes.length; i++) if (classes[i] === labels[i]) right++;
  return right / classes.length;
}

/** @internal Checks that a value has two models. fitClassifier() checks that they fit the images. */
export function readClassifier(where: string, argument: string, value: unknown): Classifier {
  const remedy = 'Make them with digitClassifier().';
  const parts = fieldsOf(where, argument, value, ['features', 'head'], 'two models, features and head', remedy);
  const features = checkModel(where, `${argument}.features`, parts.features);
  return { features, head: checkModel(where, `${argument}.head`, parts.head) };
}

/** @internal Checks that the models make logits of images of this shape. Builds those that are not built yet. */
export function fitClassifier(where: string, { features, head }: Classifier, imageShape: Shape): Classifier {
  buildInRow(imageShape, [features, head]);
  const images = `the images are ${formatShape(imageShape)}`;
  expectShape(where, 'the features take', features.inputShape, imageShape, images);
  const made = features.outputShape!;
  expectShape(where, 'the head takes', head.inputShape, made, `the features make ${formatShape(made)}`);
  const logits = head.outputShape!;
  if (logits.length !== 1 || logits[0] === 0) {
    throw new ShapeError(
      `${where}: the head makes items of shape ${formatShape(logits)}, but one logit a class is needed, [classes].`,
    );
  }
  return { features, head };
}
