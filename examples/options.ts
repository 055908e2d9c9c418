/** The command line of train.ts. */

import {
  helpText,
  type Options,
  readChoice,
  readChoices,
  readCommandLine,
  readDecimal,
  readWholeNumber,
  readWholeNumbers,
  UsageError,
} from '../bench/support/command-line.ts';
import type { AugmentationKind, GanLoss, GradientPenaltyOptions } from '../src/index.ts';
import { MODELS, type ModelName } from './run-folder.ts';

export interface TrainingOptions {
  readonly model: ModelName;
  /** Factor for the numbers of channels of the convolutional pairs. */
  readonly width: number;
  /** Settings of each Adam. Those left out have the defaults of trainGan, which are those of the tutorial. */
  readonly adam: { readonly learningRate?: number; readonly beta1?: number; readonly beta2?: number };
  readonly loss: GanLoss | undefined;
  readonly labelSmoothing: number | undefined;
  /** Momentum of the average of the generator's weights. */
  readonly emaMomentum: number | undefined;
  readonly gradientPenalty: GradientPenaltyOptions | undefined;
  /** Steps from one update of the generator to the next. */
  readonly discriminatorSteps: number;
  /** Changes that the discriminator's images get, such as translation. */
  readonly augment: readonly AugmentationKind[];
  /** Share of the steps, the last ones, in which the learning rate falls to 0. */
  readonly decay: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Folder with the four MNIST files; undefined means the 10,000 digits in examples/data. */
  readonly data: string | undefined;
  /** Folder of PNGs to train on instead of digits. */
  readonly images: string | undefined;
  /** The height and width that the PNGs are scaled to; undefined means that they stay as they are. */
  readonly size: number | undefined;
  /** Output folder; undefined means a new one in runs/, with `resume` the newest one there. */
  readonly out: string | undefined;
  readonly limit: number | undefined;
  readonly threads: number | undefined;
  readonly kernels: Kernels;
  readonly wide: boolean;
  /** Steps between checkpoints. There is always one at the end of each epoch. */
  readonly checkpointEvery: number | undefined;
  readonly resume: boolean;
  /** Epochs after which the weights of the generator are kept. Those of the last epoch always are. */
  readonly keep: readonly number[];
}

/** What a model is trained with, if the command line says nothing else. */
interface Recipe {
  readonly adam: TrainingOptions['adam'];
  readonly loss?: GanLoss;
  readonly emaMomentum?: number;
  readonly r1?: number;
  readonly decay?: number;
  /** Images in a step and passes over the images: with a folder of MNIST, and with the 10,000 digits. */
  readonly batchSize: readonly [number, number];
  readonly epochs: readonly [number, number];
}

/**
 * 256 is the batch size of the tutorial. The 10,000 digits, a sixth of MNIST, get a quarter of it, so that an epoch has
 * about as many steps.
 */
const TUTORIAL: Recipe = { adam: {}, batchSize: [256, 64], epochs: [100, 100] };

/**
 * Source of the settings of `conv`: Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep
 * Convolutional Generative Adversarial Networks", ICLR 2016, section 4. Those of `compact` were found by bench/quality.
 */
const RECIPES: Readonly<Record<ModelName, Recipe>> = {
  compact: {
    adam: { learningRate: 2e-3, beta1: 0, beta2: 0.99 },
    emaMomentum: 0.999,
    r1: 3,
    batchSize: [64, 64],
    epochs: [25, 50],
  },
  dense: TUTORIAL,
  refined: TUTORIAL,
  conditional: TUTORIAL,
  autoencoder: TUTORIAL,
  conv: { adam: { learningRate: 2e-4, beta1: 0.5 }, batchSize: [64, 64], epochs: [100, 100] },
};

/** Those that change pictures of one channel. */
const AUGMENTATIONS: readonly AugmentationKind[] = ['brightness', 'contrast', 'translation', 'cutout'];
const PENALTIES: readonly GradientPenaltyOptions['kind'][] = ['r1', 'r1r2', 'wgan-gp'];
/** R1 takes about as long as the rest of the discriminator's part of a step. */
const R1_EVERY = 2;

type Kernels = (typeof KERNELS)[number];
const KERNELS = ['auto', 'portable', 'simd'] as const;

const LOSSES: readonly GanLoss[] = [
  ...(['nonSaturating', 'minimax', 'leastSquares', 'hinge', 'wasserstein', 'relativistic'] as const),
];

/** A quarter of the channels takes a sixteenth of the operations. */
const WIDTHS: Readonly<Partial<Record<ModelName, number>>> = { conv: 0.25 };

const OPTIONS = {
  model: { type: 'string', value: 'NAME', help: MODELS.join('|') },
  width: { type: 'string', value: 'X', help: 'factor for the channels (compact 1, conv 0.25)' },
  epochs: { type: 'string', value: 'N', help: 'passes over the images (100; compact 25 or 50)' },
  'batch-size': { type: 'string', value: 'N', help: 'images in a step (default 256 or 64, see README)' },
  seed: { type: 'string', value: 'N', help: 'random seed; equal seeds give equal bits (default 42)' },
  data: { type: 'string', value: 'DIR', help: 'folder of MNIST files (default: examples/data)' },
  images: { type: 'string', value: 'DIR', help: 'folder of PNGs to draw instead of digits' },
  size: { type: 'string', value: 'N', help: 'scale the PNGs to N x N pixels' },
  out: { type: 'string', value: 'DIR', help: 'output folder (default: a new one in runs/)' },
  limit: { type: 'string', value: 'N', help: 'train on the first N images only' },
  'learning-rate': { type: 'string', value: 'X', help: 'of Adam (default: depends on the model)' },
  beta1: { type: 'string', value: 'X', help: 'decay of its first moment (default: of the model)' },
  beta2: { type: 'string', value: 'X', help: 'decay of its second moment (default: of the model)' },
  loss: { type: 'string', value: 'NAME', help: 'of trainGan, such as hinge (default nonSaturating)' },
  'label-smoothing': { type: 'string', value: 'S', help: 'real images are labelled 1 - S' },
  ema: { type: 'string', value: 'M', help: 'draw with averaged weights of momentum M: 0.999' },
  r1: { type: 'string', value: 'W', help: 'R1 of weight W in every second step (compact 3)' },
  'gradient-penalty': { type: 'string', value: 'P', help: 'such as r1r2, or wgan-gp:10:1 (weight, every)' },
  'discriminator-steps': { type: 'string', value: 'N', help: "the generator's update is each N-th step" },
  augment: { type: 'string', value: 'LIST', help: 'such as translation,cutout: for few images' },
  decay: { type: 'string', value: 'S', help: 'share of the steps in which the rate falls to 0' },
  threads: { type: 'string', value: 'N', help: 'processor cores to use' },
  kernels: { type: 'string', value: 'NAME', help: 'auto, portable or simd (default auto)' },
  wide: { type: 'boolean', help: 'use 256-bit SIMD if this Node supports it' },
  'checkpoint-every': { type: 'string', value: 'N', help: 'also save the state every N steps' },
  keep: { type: 'string', value: 'LIST', help: 'epochs whose weights are kept (default 1,5,20,50,100)' },
  resume: { type: 'boolean', help: 'continue the run in --out, or the newest in runs/' },
  help: { type: 'boolean', help: 'show this text' },
} as const satisfies Options;

export const USAGE = 'npm run train';

/** The help text. */
export function help(): string {
  return helpText(USAGE, OPTIONS);
}

/**
 * Reads the arguments after `--`.
 *
 * @returns the options, or 'help' for --help.
 * @throws UsageError for an unknown option (naming the nearest known one), a missing or a wrong value.
 */
export function parseOptions(args: readonly string[]): TrainingOptions | 'help' {
  const { values } = readCommandLine(args, OPTIONS);
  if (values.help) return 'help';
  const model = readChoice(values, 'model', MODELS) ?? 'compact';
  const recipe = RECIPES[model];
  const ofData = values.data === undefined ? 1 : 0;
  const size = readWholeNumber(values, 'size', 1);
  if (values.data !== undefined && values.images !== undefined) {
    throw new UsageError('--data and --images name different data; give one of them');
  }
  if (size !== undefined && values.images === undefined) throw new UsageError('--size needs --images DIR');
  const learningRate = readDecimal(values, 'learning-rate');
  const beta1 = readDecimal(values, 'beta1');
  const beta2 = readDecimal(values, 'beta2');
  return {
    model,
    width: readDecimal(values, 'width') ?? WIDTHS[model] ?? 1,
    adam: {
      ...recipe.adam,
      ...(learningRate !== undefined && { learningRate }),
      ...(beta1 !== undefined && { beta1 }),
      ...(beta2 !== undefined && { beta2 }),
    },
    loss: readChoice(values, 'loss', LOSSES) ?? recipe.loss,
    labelSmoothing: readDecimal(values, 'label-smoothing'),
    emaMomentum: readDecimal(values, 'ema') ?? recipe.emaMomentum,
    gradientPenalty: penaltyOf(values['gradient-penalty'], readDecimal(values, 'r1'), recipe),
    discriminatorSteps: readWholeNumber(values, 'discriminator-steps', 1) ?? 1,
    augment: readChoices(values, 'augment', AUGMENTATIONS) ?? [],
    decay: readDecimal(values, 'decay') ?? recipe.decay ?? 0,
    epochs: readWholeNumber(values, 'epochs', 1) ?? recipe.epochs[ofData],
    batchSize: readWholeNumber(values, 'batch-size', 1) ?? recipe.batchSize[ofData],
    seed: readWholeNumber(values, 'seed', 0) ?? 42,
    data: values.data,
    images: values.images,
    size,
    out: values.out,
    limit: readWholeNumber(values, 'limit', 1),
    threads: readWholeNumber(values, 'threads', 1),
    kernels: readChoice(values, 'kernels', KERNELS) ?? 'auto',
    wide: values.wide ?? false,
    checkpointEvery: readWholeNumber(values, 'checkpoint-every', 1),
    resume: values.resume ?? false,
    keep: readWholeNumbers(values, 'keep', 1) ?? [1, 5, 20, 50, 100],
  };
}

/** `text` is KIND, KIND:WEIGHT or KIND:WEIGHT:EVERY. An R1 weight of 0 means no penalty. */
function penaltyOf(
  text: string | undefined,
  r1: number | undefined,
  recipe: Recipe,
): GradientPenaltyOptions | undefined {
  if (text === undefined) {
    const weight = r1 ?? recipe.r1 ?? 0;
    return weight > 0 ? { kind: 'r1', weight, every: R1_EVERY } : undefined;
  }
  if (r1 !== undefined) throw new UsageError('--r1 W is short for --gradient-penalty r1:W:2; give one of them');
  const [name, weight, every, ...rest] = text.split(':');
  if (rest.length > 0) throw new UsageError(`--gradient-penalty must be KIND:WEIGHT:EVERY, got "${text}"`);
  const option = 'gradient-penalty';
  return {
    kind: readChoice({ [option]: name }, option, PENALTIES)!,
    weight: readDecimal({ [option]: weight }, option),
    every: readWholeNumber({ [option]: every }, option, 1),
  };
}
