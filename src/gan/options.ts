/** The options of trainGan: their defaults, and all checks that can be done before the first step. */
import type { Tensor } from '../autograd/tensor.ts';
import { ArgumentError } from '../core/errors.ts';
import { callback, choice, integer, number, option, readOptions } from '../core/options.ts';
import type { Model } from '../nn/sequential.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { MODEL, OPTIMIZER } from '../training/checks.ts';
import { prepareRun, type TrainingOptions, type TrainingRun, trainingSchema } from '../training/options.ts';
import {
  type Augmentation,
  type AugmentationKind,
  type AugmentationOptions,
  checkAugmentable,
  readAugmentation,
} from './augmentation.ts';
import { DEFAULT_CLASSES, labelBytes, MAX_CLASSES } from './classes.ts';
import { type GradientPenalty, type GradientPenaltyOptions, readGradientPenalty } from './gradient-penalty.ts';
import { checkObjective, DEFAULT_LOSS, GAN_LOSSES, type GanLoss, type Objective, readObjective } from './losses.ts';
import { readNetworks, warnOfRange } from './networks.ts';
import type { GanLosses, GanNetworks, GanUpdate } from './step.ts';

/** What onEpoch gets in addition to the means. */
export interface GanEpoch {
  /**
   * [sampleCount, ...image], drawn in inference mode from the same noise every epoch. With `labels`, the classes are 0,
   * 1, ... in turn.
   */
  readonly samples: Tensor;
  /** The generator as trained so far, for saving its weights or drawing more samples. */
  readonly generator: Model;
  /** With `emaMomentum`: the generator with averaged weights, which draws the samples. Otherwise undefined. */
  readonly averageGenerator: Model | undefined;
}

/** What beforeStep gets: the step that comes, and what it will train. */
export interface GanTurn {
  /** From 1. */
  readonly epoch: number;
  /** The step within the epoch, from 1. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly generator: Model;
  readonly discriminator: Model;
  /** With `emaMomentum`: the generator with averaged weights. Otherwise undefined. */
  readonly averageGenerator: Model | undefined;
  /** [sampleCount, latentDim], the noise of the samples of onEpoch, without classes. It is freed after the training. */
  readonly sampleNoise: Tensor;
  /**
   * Saves the state as it is now in `checkpoint`, for example when a program pauses. Without a checkpoint store it does
   * nothing. Call it before beforeStep has returned or its promise has resolved, and await it.
   */
  save(): Promise<void>;
}

/** The options of trainGan(). */
export interface TrainGanOptions extends TrainingOptions<GanLosses, GanEpoch> {
  /**
   * The class of each image, from 0 to classes - 1, as in the labels of loadMnist(). With labels the training is
   * class-conditional: the generator learns to draw images of a requested class. Its input is noise and class,
   * latentDim + classes numbers. The input of the discriminator is pixels and class. withClasses() makes both.
   */
  readonly labels?: ArrayLike<number> | undefined;
  /** With `labels`: the number of classes, at most 256. Default 10. */
  readonly classes?: number | undefined;
  /**
   * Default: denseGenerator(), or conditionalGenerator() with `labels`, for images of this shape. The seed determines
   * its weights.
   */
  readonly generator?: Model | undefined;
  /**
   * Default: denseDiscriminator(), or conditionalDiscriminator() with `labels`, for images of this shape. The seed
   * determines its weights.
   */
  readonly discriminator?: Model | undefined;
  /** Length of the noise vectors. Default 100. */
  readonly latentDim?: number | undefined;
  /** Default 100. */
  readonly epochs?: number | undefined;
  /**
   * Default 256. With batch normalisation it should be well above 1: a dense layer's batch of one is normalised to a
   * constant, which has no gradient.
   */
  readonly batchSize?: number | undefined;
  /** How many samples onEpoch gets. Default 16. */
  readonly sampleCount?: number | undefined;
  /** Default for both networks: adam({ learningRate: 1e-4 }). Each network needs its own optimizer. */
  readonly generatorOptimizer?: Optimizer | undefined;
  readonly discriminatorOptimizer?: Optimizer | undefined;
  /**
   * The losses of the networks. Default 'nonSaturating', binary cross-entropy. 'minimax' is the original form; with it,
   * the generator learns slowly while the discriminator rejects its images. 'leastSquares' and 'hinge' use distances
   * instead of cross-entropy. 'wasserstein' and 'relativistic' are meant for use with a gradientPenalty. The formulas
   * are in src/gan/losses.ts.
   */
  readonly loss?: GanLoss | undefined;
  /** Your own losses instead, from the logits of one forward pass. A resumed training needs the same functions. */
  readonly objective?: Objective | undefined;
  /**
   * One-sided label smoothing, in [0, 1): real images get the label 1 - labelSmoothing. Not available with 'hinge',
   * 'wasserstein' and 'relativistic', which have no labels. Default 0.
   */
  readonly labelSmoothing?: number | undefined;
  /**
   * Keeps an exponential moving average of the generator's weights and moving statistics. After step t:
   *   average = m average + (1 - m) weight,  m = min(emaMomentum, (1 + t) / (10 + t))
   * The averages make the result's `averageGenerator`, which also draws the samples of onEpoch. The training itself
   * stays the same. In [0, 1), for example 0.999. Default: no average.
   */
  readonly emaMomentum?: number | undefined;
  /**
   * Keeps the discriminator's slope small, by a term in its loss: { kind: 'r1' | 'r1r2' | 'wgan-gp', weight, every }.
   * It is differentiated through a gradient, so every layer of the discriminator needs second derivatives; all of this
   * library have them. Events and history then have `gradientPenalty` too. Default: no penalty.
   */
  readonly gradientPenalty?: GradientPenaltyOptions | undefined;
  /**
   * The number of steps from one update of the generator to the next. A step is always one batch of real images, new
   * noise and one update of the discriminator; each discriminatorSteps-th step updates the generator too, from the same
   * forward pass. So an epoch still uses every image once, and the number of its steps stays the same. Schedules and
   * emaMomentum of the generator count its own updates. Default 1.
   */
  readonly discriminatorSteps?: number | undefined;
  /**
   * Called before every step; a returned promise is awaited, so a program can pause the training here or slow it down.
   * The result names the networks that the step updates, 'both', 'generator' or 'discriminator'; with undefined,
   * discriminatorSteps decides. A training with the same results has the same bits.
   */
  readonly beforeStep?: ((turn: GanTurn) => GanUpdate | undefined | Promise<GanUpdate | undefined>) | undefined;
  /**
   * Changes that real and generated images get before the discriminator sees them, for training on few images: names,
   * or { kind, amount }, of 'brightness', 'saturation', 'contrast', 'translation' and 'cutout', in the order in which
   * they are made. Default: none.
   */
  readonly augmentation?: readonly (AugmentationKind | AugmentationOptions)[] | undefined;
}

type BeforeStep = NonNullable<TrainGanOptions['beforeStep']>;

/** The checked options of trainGan, with the networks. */
export interface TrainGanSetup extends TrainingRun<GanLosses, GanEpoch> {
  readonly labels: Uint8Array | undefined;
  readonly classes: number;
  readonly networks: GanNetworks;
  /** The name of the loss, for checkpoints. */
  readonly loss: GanLoss | 'a pair of functions';
  readonly labelSmoothing: number;
  readonly objective: Objective;
  readonly latentDim: number;
  readonly sampleCount: number;
  readonly gradientPenalty: GradientPenalty | undefined;
  readonly discriminatorSteps: number;
  readonly augmentation: readonly Augmentation[] | undefined;
  readonly beforeStep: BeforeStep | undefined;
}

const WHERE = 'trainGan';
const OPTIONS = {
  ...trainingSchema<GanLosses, GanEpoch>({ epochs: 100, batchSize: 256 }),
  // Labels are checked later, when the number of images and of classes is known.
  labels: option<ArrayLike<number>>((_where, _argument, value) => value as ArrayLike<number>).optional(),
  classes: integer(1, MAX_CLASSES).optional(),
  generator: MODEL,
  discriminator: MODEL,
  latentDim: integer(1).or(100),
  sampleCount: integer(0).or(16),
  generatorOptimizer: OPTIMIZER,
  discriminatorOptimizer: OPTIMIZER,
  loss: choice(GAN_LOSSES).optional(),
  objective: option<Objective>(checkObjective).optional(),
  labelSmoothing: number({ from: 0, below: 1 }).optional(),
  emaMomentum: number({ from: 0, below: 1 }).optional(),
  gradientPenalty: option<GradientPenaltyOptions, GradientPenalty>(readGradientPenalty).optional(),
  discriminatorSteps: integer(1).or(1),
  beforeStep: callback<BeforeStep>().optional(),
  augmentation: option<readonly (AugmentationKind | AugmentationOptions)[], readonly Augmentation[]>(
    readAugmentation,
  ).optional(),
};

export function readTrainGanOptions(options: TrainGanOptions): TrainGanSetup {
  const values = readOptions(WHERE, options, OPTIONS);
  const run = prepareRun(WHERE, values);
  const { images, random } = run;
  const { latentDim, sampleCount, labelSmoothing = 0, gradientPenalty, discriminatorSteps, augmentation } = values;
  const { classes = DEFAULT_CLASSES } = values;
  if (values.labels === undefined && values.classes !== undefined) {
    throw new ArgumentError(`${WHERE}: classes needs labels, one for each image. Give labels, or leave classes out.`);
  }
  const labels = values.labels && labelBytes(WHERE, values.labels, classes, images.count);
  const objective = values.objective ?? readObjective(WHERE, values.loss ?? DEFAULT_LOSS, labelSmoothing);
  if (values.objective !== undefined && (values.loss !== undefined || values.labelSmoothing !== undefined)) {
    throw new ArgumentError(
      `${WHERE}: objective stands for loss and labelSmoothing; give one or the other. Write the smoothing into its ` +
        'discriminatorLoss.',
    );
  }
  const loss = values.objective === undefined ? (values.loss ?? DEFAULT_LOSS) : 'a pair of functions';
  if (augmentation !== undefined) checkAugmentable(WHERE, augmentation, images.itemShape);
  const surroundings = { latentDim, imageShape: images.itemShape, classes: labels && classes };
  const networks = readNetworks(WHERE, values, surroundings, random);
  warnOfRange(WHERE, images, networks.generator);
  const additions = { gradientPenalty, discriminatorSteps, augmentation, beforeStep: values.beforeStep };
  return { ...run, labels, classes, networks, loss, labelSmoothing, objective, latentDim, sampleCount, ...additions };
}
