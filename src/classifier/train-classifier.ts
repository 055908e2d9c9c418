/** trainClassifier: trains features and head together by softmax cross-entropy. */
import type { Random } from '../autograd/random.ts';
import { type Tensor, tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { callback, option, readOptions } from '../core/options.ts';
import { formatShape, type Shape } from '../core/shape.ts';
import type { Dataset } from '../data/dataset.ts';
import { argMaxRows } from '../ops/internal/arg-max.ts';
import { sparseCategoricalCrossentropy } from '../ops/softmax-cross-entropy.ts';
import { adam } from '../optim/adam.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { OPTIMIZER, readLabels } from '../training/checks.ts';
import { describeImages, hashLabels } from '../training/configuration.ts';
import {
  checkValidationImages,
  prepareRun,
  readDataset,
  type TrainingOptions,
  trainingSchema,
} from '../training/options.ts';
import { checkLoss } from '../training/step.ts';
import { type TrainingResult, train } from '../training/train.ts';
import { validate } from '../training/validation.ts';
import { fitClassifier, readClassifier, shareOf } from './classify.ts';
import { type Classifier, digitClassifier, SMALLEST_SIDE } from './digit-classifier.ts';

/** What a step of trainClassifier() measures. */
export interface ClassifierMeasures {
  /** The softmax cross-entropy, or the result of your own loss. */
  readonly loss: number;
  /** The share of the step's images that were classified correctly, with dropout and before the step's update. */
  readonly accuracy: number;
}

/**
 * A scalar from class numbers [n] and logits [n, classes].
 *
 * @example
 * const smoothed: ClassificationLoss = (labels, logits) =>
 *   categoricalCrossentropy(oneHot(labels, 10), logits, { fromLogits: true, labelSmoothing: 0.1 });
 * smoothed(tensor([3]), zeros([1, 10])); // 2.302585...: log(10)
 */
export type ClassificationLoss = (labels: Tensor, logits: Tensor) => Tensor;

/** Images with their class numbers. */
export interface LabelledImages {
  readonly images: Dataset | Tensor;
  readonly labels: ArrayLike<number>;
}

/** The options of trainClassifier(). */
export interface TrainClassifierOptions extends TrainingOptions<ClassifierMeasures> {
  /** The class number of each image, from 0. loadMnist() returns them. */
  readonly labels: ArrayLike<number>;
  /** Default: digitClassifier() for images of this shape, with 10 classes. The seed determines its weights. */
  readonly classifier?: Classifier | undefined;
  /** Default 12. */
  readonly epochs?: number | undefined;
  /** Default 128. */
  readonly batchSize?: number | undefined;
  /** The optimizer of both models. Default adam(), with a learning rate of 1e-3. */
  readonly optimizer?: Optimizer | undefined;
  /** The loss to minimise. Default sparseCategoricalCrossentropy. */
  readonly loss?: ClassificationLoss | undefined;
  /** Images for validation: onEpoch also gets their loss and accuracy, as `validation`. They are never trained on. */
  readonly validation?: LabelledImages | undefined;
}

/** What trainClassifier() returns: the trained networks, and the history. */
export interface TrainClassifierResult extends Classifier, TrainingResult<ClassifierMeasures> {}

const WHERE = 'trainClassifier';
const ZERO_MEASURES: ClassifierMeasures = { loss: 0, accuracy: 0 };
// Labels are checked later, when the number of images and of classes is known.
const LABELS = option<ArrayLike<number>, unknown>((_where, _argument, value) => value);
const VALIDATION = { images: option<Dataset | Tensor, Dataset>(readDataset), labels: LABELS };
const OPTIONS = {
  ...trainingSchema<ClassifierMeasures>({ epochs: 12, batchSize: 128 }),
  labels: LABELS,
  classifier: option<Classifier>(readClassifier).optional(),
  optimizer: OPTIMIZER,
  loss: callback<ClassificationLoss>().optional(),
  validation: option<LabelledImages, { readonly images: Dataset; readonly labels: unknown }>((where, argument, value) =>
    readOptions(`${where}: ${argument}`, value as LabelledImages, VALIDATION),
  ).optional(),
};

/**
 * Trains a classifier: minimises the softmax cross-entropy of its logits, by default with Adam and a learning rate of
 * 1e-3. Epochs, order, seed, threads, signal, checkpoints and errors are as in trainGan.
 *
 * @throws ArgumentError, ShapeError, DivergenceError and FormatError as from trainGan(): the promise rejects with
 *   them.
 * @example
 * const [{ images, labels }, test] = [await loadMnist(), await loadMnist({ split: 'test' })];
 * const { features, head } = await trainClassifier({ images, labels, validation: test, onEpoch: console.log });
 * console.log(accuracy({ features, head }, test.images, test.labels));
 * features.predict(test.images.gather([0, 1])).shape; // [2, 128]
 */
export async function trainClassifier(options: TrainClassifierOptions): Promise<TrainClassifierResult> {
  const values = readOptions(WHERE, options, OPTIONS);
  const run = prepareRun(WHERE, values);
  const { optimizer = adam(), onEpoch } = values;
  const { itemShape } = run.images;
  const classifier = values.classifier ?? defaultClassifier(itemShape, run.random);
  const { features, head } = fitClassifier(WHERE, classifier, itemShape);
  const classes = head.outputShape![0]!;
  const labels = readLabels(WHERE, values.labels, classes, run.images.count);
  const validation = values.validation && readValidation(values.validation, run.images, classes);
  const networks = [
    { name: 'features', model: features },
    { name: 'head', model: head },
  ];
  const judge = (
    right: Float32Array,
    logits: Tensor,
  ): { readonly loss: Tensor; readonly measures: ClassifierMeasures } => {
    const loss =
      values.loss === undefined
        ? sparseCategoricalCrossentropy(tensor(right), logits)
        : checkLoss(WHERE, 'loss', values.loss(tensor(right), logits));
    return { loss, measures: { loss: loss.item(), accuracy: shareOf(argMaxRows(logits), right) } };
  };
  const result = await train<ClassifierMeasures>(run, {
    where: WHERE,
    players: [{ name: 'classifier', networks, optimizer, optimizerOption: 'optimizer' }],
    zeroMeasures: ZERO_MEASURES,
    settings: {
      'labels.hash': hashLabels(labels),
      ...(values.loss && { loss: 'a function' }),
      ...(validation && {
        ...describeImages('validation', validation.images),
        'validation.labels.hash': hashLabels(validation.labels),
      }),
    },
    forward({ images, places, random }) {
      const mode = { training: true, random };
      const right = Float32Array.from(places, (place) => labels[place]!);
      const { loss, measures } = judge(right, head.call(features.call(images, mode), mode));
      return { losses: [loss], measures };
    },
    validate:
      validation &&
      (() =>
        validate(WHERE, validation.images, run.batchSize, ZERO_MEASURES, (images, start) => {
          const right = Float32Array.from(validation.labels.subarray(start, start + images.shape[0]!));
          return judge(right, head.predict(features.predict(images))).measures;
        })),
    afterEpoch: (record) => onEpoch?.(record),
  });
  return { features, head, ...result };
}

function defaultClassifier(imageShape: Shape, random: Random): Classifier {
  const [height = 0, width = 0] = imageShape;
  if (imageShape.length === 3 && Math.min(height, width) >= SMALLEST_SIDE) {
    return digitClassifier({ imageShape, random });
  }
  throw new ShapeError(
    `${WHERE}: the default classifier takes images [height, width, channels] of at least ${SMALLEST_SIDE} x ` +
      `${SMALLEST_SIDE} pixels; got ${formatShape(imageShape)}. Pass a classifier of your own: { features, head }, ` +
      'two models.',
  );
}

function readValidation(
  given: { readonly images: Dataset; readonly labels: unknown },
  images: Dataset,
  classes: number,
): { readonly images: Dataset; readonly labels: Int32Array } {
  checkValidationImages(WHERE, given.images, images);
  const labels = readLabels(`${WHERE}: validation`, given.labels, classes, given.images.count);
  return { images: given.images, labels };
}
