/** The options of trainGan: their defaults, and all that can be refused before the first step. */
import type { Tensor } from '../autograd/tensor.ts';
import { ArgumentError } from '../core/errors.ts';
import { choice, integer, number, option, readOptions } from '../core/options.ts';
import type { Model } from '../nn/sequential.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { MODEL, OPTIMIZER } from '../training/checks.ts';
import { prepareRun, type TrainingOptions, type TrainingRun, trainingSchema } from '../training/options.ts';
import { DEFAULT_CLASSES, labelBytes, MAX_CLASSES } from './classes.ts';
import { checkObjective, DEFAULT_LOSS, GAN_LOSSES, type GanLoss, type Objective, readObjective } from './losses.ts';
import { readNetworks, warnOfRange } from './networks.ts';
import type { GanLosses, GanNetworks } from './step.ts';

/** What onEpoch is told beside the means. */
export interface GanEpoch {
  /**
   * [sampleCount, ...image], from the same noise every epoch, in inference mode; with `labels` of the classes 0, 1, ...
   * in turn.
   */
  readonly samples: Tensor;
  /** As trained so far: to save its weights, or to draw more. */
  readonly generator: Model;
  /** With `emaMomentum` the generator of averaged weights, which the samples come from. */
  readonly averageGenerator: Model | undefined;
}

export interface TrainGanOptions extends TrainingOptions<GanLosses, GanEpoch> {
  /**
   * The classes of the images, one number from 0 to classes - 1 for each: what loadMnist() returns as labels. With them
   * the training is class-conditional: the generator learns to draw the class that it is asked for. It takes noise and
   * class, latentDim + classes numbers, the discriminator pixels and class, as withClasses() joins them.
   */
  readonly labels?: ArrayLike<number> | undefined;
  /** With `labels`: how many classes there are, at most 256. Default 10. */
  readonly classes?: number | undefined;
  /** Default: denseGenerator(), or with `labels` conditionalGenerator(), with weights drawn by the seed. */
  readonly generator?: Model | undefined;
  /** Default: denseDiscriminator(), or with `labels` conditionalDiscriminator(), with weights drawn by the seed. */
  readonly discriminator?: Model | undefined;
  /** Length of the noise vectors. Default 100. */
  readonly latentDim?: number | undefined;
  /** Default 100. */
  readonly epochs?: number | undefined;
  /**
   * Default 256. For networks with batch normalisation it should be well above 1: of a batch of one it makes a
   * constant, through which nothing flows back.
   */
  readonly batchSize?: number | undefined;
  /** How many samples onEpoch gets. Default 16. */
  readonly sampleCount?: number | undefined;
  /** Default adam({ learningRate: 1e-4 }), as is the discriminator's. Each network needs one of its own. */
  readonly generatorOptimizer?: Optimizer | undefined;
  readonly discriminatorOptimizer?: Optimizer | undefined;
  /**
   * What the networks minimise. Default 'nonSaturating', binary cross-entropy; 'minimax' is its first form, with which
   * a generator learns slowly as long as its images are refused; 'leastSquares' and 'hinge' judge by distance. The
   * formulas stand in src/gan/losses.ts.
   */
  readonly loss?: GanLoss | undefined;
  /** Losses of your own instead, from the logits of one forward pass. A resumed training needs the same functions. */
  readonly objective?: Objective | undefined;
  /**
   * One-sided label smoothing: real images get the label 1 - labelSmoothing, from 0 to below 1. Not with 'hinge'.
   * Default 0.
   */
  readonly labelSmoothing?: number | undefined;
  /**
   * Keeps an exponential moving average of the generator's weights and moving statistics; after step t average = m
   * average + (1 - m) weight, m = min(emaMomentum, (1 + t) / (10 + t)). The samples of onEpoch and the result's
   * `averageGenerator` come from it. From 0 to below 1, such as 0.999. Default: none. The training itself does not
   * change by it.
   */
  readonly emaMomentum?: number | undefined;
}

/** The run, and what the GAN is. */
export interface TrainGanSetup extends TrainingRun<GanLosses, GanEpoch> {
  readonly labels: Uint8Array | undefined;
  readonly classes: number;
  readonly networks: GanNetworks;
  /** Its name, for checkpoints. */
  readonly loss: GanLoss | 'a pair of functions';
  readonly labelSmoothing: number;
  readonly objective: Objective;
  readonly latentDim: number;
  readonly sampleCount: number;
}

const WHERE = 'trainGan';
const OPTIONS = {
  ...trainingSchema<GanLosses, GanEpoch>({ epochs: 100, batchSize: 256 }),
  // Labels are checked when it is known how many there must be, of which classes.
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
};

export function readTrainGanOptions(options: TrainGanOptions): TrainGanSetup {
  const values = readOptions(WHERE, options, OPTIONS);
  const run = prepareRun(WHERE, values);
  const { images, random } = run;
  const { latentDim, sampleCount, labelSmoothing = 0 } = values;
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
  const surroundings = { latentDim, imageShape: images.itemShape, classes: labels && classes };
  const networks = readNetworks(WHERE, values, surroundings, random);
  warnOfRange(WHERE, images, networks.generator);
  return { ...run, labels, classes, networks, loss, labelSmoothing, objective, latentDim, sampleCount };
}
