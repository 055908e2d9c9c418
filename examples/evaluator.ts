/**
 * The evaluator of pictures: real digits, a classifier that has not seen them, and the number of pictures in each set.
 */
import { availableParallelism } from 'node:os';
import {
  configure,
  createRandom,
  type Dataset,
  type EvaluationRow,
  type ImageEvaluator,
  imageEvaluator,
  type Tensor,
} from '../src/index.ts';
import { loadClassifier } from './classifier.ts';
import { loadSplits } from './digits.ts';
import { RUNS } from './run-folder.ts';

export interface EvaluatorOptions {
  /** Folder with the four MNIST files; undefined means the 10,000 digits in examples/data. */
  readonly data: string | undefined;
  /** File with the weights of a classifier; undefined means one that is trained on the training images. */
  readonly classifier: string | undefined;
  /** Number of pictures in each row, or fewer if there are fewer real images. */
  readonly count: number;
  readonly seed: number;
}

export interface Evaluator {
  readonly count: number;
  readonly protocol: ImageEvaluator['protocol'];
  anchors(): readonly EvaluationRow[];
  rowOf(name: string, images: Tensor | Dataset): EvaluationRow;
}

export async function createEvaluator(
  { data, classifier: file, count: wanted, seed }: EvaluatorOptions,
  progress: (text: string) => void,
): Promise<Evaluator> {
  await configure({ threads: availableParallelism() });
  const splits = await loadSplits(data);
  const { training, real, description } = splits;
  const { classifier, description: features } = await loadClassifier(file, splits, RUNS, progress);
  const count = Math.min(wanted, real.images.count, training.images.count);
  const { protocol, anchors, evaluate } = imageEvaluator({
    real: someImages(real.images, createRandom(seed).permutation(real.images.count).subarray(0, count)),
    training: training.images,
    features: (images) => classifier.features.predict(images),
    logits: (rows) => classifier.head.predict(rows),
    featureName: features,
    dataName: description,
    seed,
  });
  return {
    count,
    protocol,
    anchors() {
      progress(`anchors: real images and noise, ${count} each`);
      return anchors();
    },
    rowOf: (name, images) => ({ name, metrics: evaluate(images) }),
  };
}

export function someImages(images: Dataset, places: ArrayLike<number>): Dataset {
  const gather: Dataset['gather'] = (indices) => images.gather(Int32Array.from(indices, (index) => places[index]!));
  return { itemShape: images.itemShape, count: places.length, gather };
}
