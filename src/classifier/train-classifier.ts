/** trainClassifier: features and head, trained as one model by softmax cross-entropy. */
import { tensor } from '../autograd/tensor.ts';
import { argMax } from '../ops/internal/arg-max.ts';
import { sparseCategoricalCrossentropy } from '../ops/softmax-cross-entropy.ts';
import { checkLabels } from '../training/checks.ts';
import { type DescentOptions, type DescentResult, descend, readDescentOptions } from '../training/descent.ts';
import type { StepOf } from '../training/loop.ts';
import type { EpochOf } from '../training/progress.ts';
import { checkClassifier, shareOf } from './classify.ts';
import { type Classifier, digitClassifier } from './models.ts';

export interface ClassifierMeasures {
  /** Softmax cross-entropy. */
  readonly loss: number;
  /** Share of the step's images that were classified rightly, dropout and all, before the step's update. */
  readonly accuracy: number;
}

export type ClassifierStepEvent = StepOf<ClassifierMeasures>;
export type ClassifierEpoch = EpochOf<ClassifierMeasures>;

export interface TrainClassifierOptions extends DescentOptions<ClassifierMeasures> {
  /** The class number of each image, from 0: loadMnist() has them. */
  readonly labels: ArrayLike<number>;
  /** Default: digitClassifier() with weights drawn by the seed. */
  readonly classifier?: Classifier | undefined;
  /** Default 12. */
  readonly epochs?: number | undefined;
  /** Default 128. */
  readonly batchSize?: number | undefined;
}

export interface TrainClassifierResult extends Classifier, DescentResult<ClassifierMeasures> {}

const WHERE = 'trainClassifier';

/**
 * Trains a classifier: the softmax cross-entropy of its logits falls, by Adam at 1e-3 unless told otherwise.
 *
 * Epochs, order, seed, threads, signal and errors are as in trainGan, but it saves no checkpoints: encodeWeights({ features, head }) makes a
 * file of the weights.
 *
 * @example
 * const { images, labels } = await loadMnist();
 * const { features, head } = await trainClassifier({ images, labels, onEpoch: console.log });
 * const test = await loadMnist({ split: 'test' });
 * console.log(accuracy({ features, head }, test.images, test.labels));
 * features.predict(test.images.gather([0, 1])); // [2, 128]
 */
export async function trainClassifier(options: TrainClassifierOptions): Promise<TrainClassifierResult> {
  const defaults = { epochs: 12, batchSize: 128 };
  const setup = readDescentOptions<ClassifierMeasures>(WHERE, options, ['labels', 'classifier'], defaults);
  const { labels, classifier = digitClassifier({ random: setup.random }) } = options;
  const { features, head } = checkClassifier(WHERE, classifier, setup.images.itemShape);
  const classes = checkLabels(WHERE, labels, head.outputShape![0]!, setup.images.count);
  const result = await descend(setup, {
    networks: [
      { name: 'features', model: features },
      { name: 'head', model: head },
    ],
    nothing: { loss: 0, accuracy: 0 },
    forward(batch, places, mode) {
      const right = Float32Array.from(places, (place) => classes[place]!);
      const logits = head.call(features.call(batch, mode), mode);
      const loss = sparseCategoricalCrossentropy(tensor(right), logits);
      return { loss, measures: { loss: loss.item(), accuracy: shareOf(argMax(logits), right) } };
    },
  });
  return { features, head, ...result };
}
