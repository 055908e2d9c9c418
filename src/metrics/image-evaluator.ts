/**
 * `evaluateImages` computes every metric of this folder for a set of generated images, and for two anchors: real images
 * and noise. `imageEvaluator` does so for many sets and computes the features of the real images only once.
 */
import { createRandom } from '../autograd/random.ts';
import { scope } from '../autograd/scope.ts';
import { type Tensor, tensor } from '../autograd/tensor.ts';
import { checkInteger } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { callback, integer, option, readOptions, string, type Values } from '../core/options.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import type { Dataset } from '../data/dataset.ts';
import { classHistogram } from './class-histogram.ts';
import type { Evaluation, EvaluationProtocol, EvaluationRow, ImageMetrics, NearestSummary } from './evaluation.ts';
import { frechetDistance } from './frechet-distance.ts';
import { byteImages, checkSameImages, type Images, imageSizes, imageSource, quantized } from './image-source.ts';
import { kernelDistance } from './kernel-distance.ts';
import { nearestNeighbours } from './nearest-neighbours.ts';
import { outputsOf } from './network-outputs.ts';
import { precisionRecall } from './precision-recall.ts';
import { sharpness } from './sharpness.ts';

/** The options of imageEvaluator(). */
export interface ImageEvaluatorOptions {
  /**
   * Real images that the generator has not seen: [n, height, width, 1], or [n, height, width, 3] in colour, at least 8.
   */
  readonly real: Images;
  /** Images that it was trained on, at least 8. All images have one shape. */
  readonly training: Images;
  /**
   * Images [b, height, width, channels] -> features [b, d]. Each row depends on its image alone (a model in inference
   * mode). Distances mean most in the features of a classifier that was trained on such images. Without labels, an
   * untrained one, such as digitClassifier({ imageShape }).features, at least ranks generators of the same images.
   */
  readonly features: (images: Tensor) => Tensor;
  /** Features [b, d] -> logits [b, classes]: the head of the classifier. Without it, classes are not counted. */
  readonly logits?: ((features: Tensor) => Tensor) | undefined;
  /** Describes the features in the protocol. Default 'features'. */
  readonly featureName?: string | undefined;
  /** Describes the real and the training images in the protocol. Default 'images'. */
  readonly dataName?: string | undefined;
  /** Seed of the kernel distance's subsets, the noise, and the choice of training images for an anchor. Default 0. */
  readonly seed?: number | undefined;
  /** Images in one call of `features`. Default 256. */
  readonly batchSize?: number | undefined;
  /** Number of subsets of the kernel distance. Default 100. */
  readonly kernelSubsets?: number | undefined;
  /** Images in such a subset. Default 1000, or half of the smallest set if that is less. */
  readonly kernelSubsetSize?: number | undefined;
  /** k of precision and recall. Default 3. */
  readonly neighbours?: number | undefined;
  /** Number of images whose nearest training image is searched for. Default 1000, or all if there are fewer. */
  readonly nearestCount?: number | undefined;
}

/** The options of evaluateImages(). */
export interface EvaluateImagesOptions extends ImageEvaluatorOptions {
  /** The images to evaluate, of the shape of the real ones, at least 8. */
  readonly generated: Images;
}

/** Computes all metrics for sets of images, one after the other. */
export interface ImageEvaluator {
  readonly protocol: EvaluationProtocol;
  /**
   * The metrics of at least 8 images. Images of a tensor are first clipped to [-1, 1] and rounded to 256 levels.
   */
  evaluate(generated: Images): ImageMetrics;
  /**
   * 'real' evaluates training images, as many as there are real ones; but its nearest distances are those of the real
   * images. 'noise' evaluates as many images of uniform noise.
   */
  anchors(): readonly EvaluationRow[];
}

const images = option<Images>((_where, _argument, value) => value as Images);

/** createEvaluator() checks the images, and the upper limits that depend on how many there are. */
const EVALUATOR_OPTIONS = {
  real: images,
  training: images,
  features: callback<ImageEvaluatorOptions['features']>(),
  logits: callback<(features: Tensor) => Tensor>().optional(),
  featureName: string().or('features'),
  dataName: string().or('images'),
  seed: integer(0).or(0),
  batchSize: integer(1, 2 ** 20).or(256),
  kernelSubsets: integer(2, 100_000).or(100),
  kernelSubsetSize: integer(2).optional(),
  neighbours: integer(1).or(3),
  nearestCount: integer(1).or(1000),
};

/** Half of so few images is still two pairs for the kernel distance, and each image has k = 3 neighbours. */
const FEWEST = 8;

/**
 * Computes every metric for one set of images and for the anchors.
 *
 * @throws ArgumentError for a missing or wrong option; ShapeError if the sets have images of different shapes.
 * @example
 * const { images } = await loadMnist({ limit: 200 });
 * const { features, head } = digitClassifier(); // better: those of trainClassifier()
 * const evaluation = evaluateImages({
 *   generated: denseGenerator().predict(createRandom(1).normal([200, 100])),
 *   real: images,
 *   training: images,
 *   features: (x) => features.predict(x),
 *   logits: (x) => head.predict(x),
 * });
 * evaluation.rows.map(({ name }) => name); // ['real', 'noise', 'generated']
 */
export function evaluateImages(options: EvaluateImagesOptions): Evaluation {
  const where = 'evaluateImages';
  const { generated, ...rest } = readOptions(where, options, { ...EVALUATOR_OPTIONS, generated: images });
  const source = checkImages(where, 'generated', generated);
  const evaluator = createEvaluator(where, rest, source);
  const metrics = evaluator.evaluate(generated);
  return { protocol: evaluator.protocol, rows: [...evaluator.anchors(), { name: 'generated', metrics }] };
}

/**
 * An evaluator for several sets of images. It computes the features of the real images once, when it is made.
 *
 * @throws ArgumentError for a missing or wrong option; ShapeError if the sets have images of different shapes.
 * @example
 * const { images } = await loadMnist({ limit: 200 });
 * const { features } = digitClassifier(); // better: those of trainClassifier()
 * const evaluator = imageEvaluator({ real: images, training: images, features: (x) => features.predict(x) });
 * const metrics = evaluator.evaluate(denseGenerator().predict(createRandom(1).normal([200, 100])));
 * metrics.count; // 200
 * console.log(formatEvaluation({ protocol: evaluator.protocol, rows: [{ name: 'untrained', metrics }] }));
 */
export function imageEvaluator(options: ImageEvaluatorOptions): ImageEvaluator {
  const where = 'imageEvaluator';
  return createEvaluator(where, readOptions(where, options, EVALUATOR_OPTIONS));
}

function createEvaluator(
  where: string,
  options: Values<typeof EVALUATOR_OPTIONS>,
  generated?: Dataset,
): ImageEvaluator {
  const { features, logits, featureName, dataName, seed, batchSize, kernelSubsets, nearestCount } = options;
  const realSource = checkImages(where, 'real', options.real);
  const trainingSource = checkImages(where, 'training', options.training);
  checkSameImages(where, ['real', 'training'], realSource, trainingSource);
  if (generated !== undefined) checkSameImages(where, ['generated', 'real'], generated, realSource);
  const smallest = Math.min(realSource.count, trainingSource.count, generated?.count ?? Infinity);
  const half = Math.floor(smallest / 2);
  const wantedSize = options.kernelSubsetSize ?? Math.min(1000, half);
  const kernelSubsetSize = checkInteger(where, 'kernelSubsetSize', wantedSize, 2, half);
  const neighbours = checkInteger(where, 'neighbours', options.neighbours, 1, smallest - 1);

  const real = quantized(where, realSource);
  const training = quantized(where, trainingSource);
  const network = { features, logits, batchSize };
  // Not tensors: the evaluator may be made in a scope and used after it.
  const realOutputs = outputsOf(where, network, real);
  const { featureCount } = realOutputs;

  const measure = (images: Dataset, nearest: NearestSummary): ImageMetrics => {
    const outputs = outputsOf(where, network, images);
    if (outputs.featureCount !== featureCount) {
      throw new ShapeError(`${where}: features gave ${outputs.featureCount} columns after ${featureCount} before`);
    }
    return scope(() => {
      const a = tensor(realOutputs.rows, [real.count, featureCount]);
      const b = tensor(outputs.rows, [images.count, featureCount]);
      return {
        count: images.count,
        frechetDistance: frechetDistance(a, b),
        kernelDistance: kernelDistance(a, b, { subsets: kernelSubsets, subsetSize: kernelSubsetSize, seed }),
        precisionRecall: precisionRecall(a, b, { neighbours }),
        classes: logits && classHistogram(outputs.classes, { classes: outputs.classCount }),
        nearest,
        sharpness: sharpness(images),
      };
    }, where);
  };
  const nearestOf = (images: Dataset): NearestSummary => {
    const count = Math.min(nearestCount, images.count);
    const { mean, distances } = nearestNeighbours(choose(images, firstOf(count)), training);
    return { mean, smallest: distances.reduce((least, one) => Math.min(least, one), Infinity), count };
  };

  return {
    protocol: {
      features: featureName,
      featureCount,
      data: dataName,
      realCount: real.count,
      trainingCount: training.count,
      seed,
      batchSize,
      kernelSubsets,
      kernelSubsetSize,
      neighbours,
      nearestCount,
    },
    evaluate(images) {
      const source = checkImages('evaluate', 'generated', images);
      checkSameImages('evaluate', ['generated', 'real'], source, real);
      if (source.count < 2 * kernelSubsetSize) {
        throw new ArgumentError(
          `evaluate: generated must be at least ${2 * kernelSubsetSize} images, two subsets of the kernel distance;` +
            ` got ${source.count}. Pass a smaller kernelSubsetSize.`,
        );
      }
      const judged = quantized('evaluate', source);
      return measure(judged, nearestOf(judged));
    },
    anchors() {
      const random = createRandom(seed);
      const count = Math.min(real.count, training.count);
      const chosen = choose(training, random.permutation(training.count).slice(0, count));
      const unseen = choose(real, random.permutation(real.count));
      const noise = noiseImages([count, ...real.itemShape], seed);
      return [
        { name: 'real', metrics: measure(chosen, nearestOf(unseen)) },
        { name: 'noise', metrics: measure(noise, nearestOf(noise)) },
      ];
    },
  };
}

function checkImages(where: string, argument: string, images: unknown): Dataset {
  const source = imageSource(where, argument, images);
  imageSizes(where, argument, source, 3);
  if (source.count < FEWEST) {
    throw new ShapeError(`${where}: ${argument} must be at least ${FEWEST} images; got ${source.count}`);
  }
  return source;
}

/** The items of a dataset at these places, in this order. */
function choose(source: Dataset, places: Int32Array): Dataset {
  return {
    count: places.length,
    itemShape: source.itemShape,
    // Called as a method, since a dataset may be an object of a class.
    gather: (indices) => source.gather(Int32Array.from(indices, (index) => places[index]!)),
  };
}

function firstOf(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/** Uniform over all 256 levels. */
function noiseImages(shape: Shape, seed: number): Dataset {
  const size = sizeOf(shape);
  const bytes = new Uint8Array(size);
  const random = createRandom(seed);
  const part = 2 ** 20;
  for (let start = 0; start < size; start += part) {
    const length = Math.min(part, size - start);
    scope(() => bytes.set(random.uniform([length], 0, 256).storage.view(), start), 'noise');
  }
  return byteImages(bytes, shape);
}
