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
import { AUGMENTATIONS } from '../src/gan/augmentation.ts';
import { GRADIENT_PENALTIES } from '../src/gan/gradient-penalty.ts';
import { GAN_LOSSES } from '../src/gan/losses.ts';
import type { AugmentationKind, GanLoss, GradientPenaltyOptions } from '../src/index.ts';
import { RECIPES, WIDTHS } from './recipes.ts';
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
  /** Write event files of TensorBoard into the output folder. */
  readonly tensorboard: boolean;
  /** Epochs after which the weights of the generator are kept. Those of the last epoch always are. */
  readonly keep: readonly number[];
}

type Kernels = (typeof KERNELS)[number];
const KERNELS = ['auto', 'portable', 'simd'] as const;

/** What is trained, and how. bench/quality and `npm run compare` have these options too, or some of them. */
export const TRAINING_OPTIONS = {
  model: { type: 'string', value: 'NAME', help: MODELS.join('|') as string },
  width: { type: 'string', value: 'X', help: 'factor for the channels (compact 1, conv 0.25)' },
  epochs: { type: 'string', value: 'N', help: 'passes over the images (100; compact 25 or 50)' },
  'batch-size': { type: 'string', value: 'N', help: 'images in a step (default 256 or 64, see README)' },
  data: { type: 'string', value: 'DIR', help: 'folder of MNIST files (default: examples/data)' },
  limit: { type: 'string', value: 'N', help: 'train on the first N images only' },
  'learning-rate': { type: 'string', value: 'X', help: 'of Adam (default: depends on the model)' },
  beta1: { type: 'string', value: 'X', help: 'decay of its first moment (default: of the model)' },
  beta2: { type: 'string', value: 'X', help: 'decay of its second moment (default: of the model)' },
  loss: { type: 'string', value: 'NAME', help: 'of trainGan, such as hinge (default nonSaturating)' },
  'label-smoothing': { type: 'string', value: 'S', help: 'real images are labelled 1 - S' },
  ema: { type: 'string', value: 'M', help: 'draw with averaged weights of momentum M: 0.999' },
  'gradient-penalty': { type: 'string', value: 'P', help: 'none, r1r2 or wgan-gp:10:1 (compact r1:3:2)' },
  'discriminator-steps': { type: 'string', value: 'N', help: "the generator's update is each N-th step" },
  augment: { type: 'string', value: 'LIST', help: 'such as translation,cutout: for few images' },
  decay: { type: 'string', value: 'S', help: 'share of the steps in which the rate falls to 0' },
  threads: { type: 'string', value: 'N', help: 'processor cores to use' },
  kernels: { type: 'string', value: 'NAME', help: 'auto, portable or simd (default auto)' },
  wide: { type: 'boolean', help: 'use 256-bit SIMD if this Node supports it' },
} as const;

export const RUN_OPTIONS = {
  seed: { type: 'string', value: 'N', help: 'random seed; equal seeds give equal bits (default 42)' },
  images: { type: 'string', value: 'DIR', help: 'folder of PNGs to draw instead of digits' },
  size: { type: 'string', value: 'N', help: 'scale the PNGs to N x N pixels' },
  out: { type: 'string', value: 'DIR', help: 'output folder (default: a new one in runs/)' },
  'checkpoint-every': { type: 'string', value: 'N', help: 'also save the state every N steps' },
  keep: { type: 'string', value: 'LIST', help: 'epochs whose weights are kept (default 1,5,20,50,100)' },
  tensorboard: { type: 'boolean', help: 'also write event files for TensorBoard' },
  resume: { type: 'boolean', help: 'continue the run in --out, or the newest in runs/' },
  help: { type: 'boolean', help: 'show this text' },
} as const;

const OPTIONS = { ...TRAINING_OPTIONS, ...RUN_OPTIONS } satisfies Options;

type TextOrSwitch<O extends Options> = {
  readonly [name in keyof O]?: (O[name]['type'] extends 'string' ? string : boolean) | undefined;
};

export const USAGE = 'npm run train';

/** The help text. */
export function help(): string {
  return helpText(USAGE, OPTIONS);
}

/** The flags of the command line and their values as text. */
export type Flags = TextOrSwitch<typeof TRAINING_OPTIONS & typeof RUN_OPTIONS>;

/**
 * Reads the arguments after `--`.
 *
 * @returns the options, or 'help' for --help.
 * @throws UsageError for an unknown option (naming the nearest known one), a missing or a wrong value.
 */
export function parseOptions(args: readonly string[]): TrainingOptions | 'help' {
  const flags = readFlags(args);
  return flags.help ? 'help' : optionsOf(flags);
}

/** @throws UsageError for an unknown option or a missing value. */
export function readFlags(args: readonly string[]): Flags {
  return readCommandLine(args, OPTIONS).values;
}

/** @throws UsageError for a wrong value. */
export function optionsOf(values: Flags): TrainingOptions {
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
    loss: readChoice(values, 'loss', GAN_LOSSES) ?? recipe.loss,
    labelSmoothing: readDecimal(values, 'label-smoothing'),
    emaMomentum: readDecimal(values, 'ema') ?? recipe.emaMomentum,
    gradientPenalty: readPenalty(values, recipe.gradientPenalty),
    discriminatorSteps: readWholeNumber(values, 'discriminator-steps', 1) ?? 1,
    augment: readChoices(values, 'augment', AUGMENTATIONS) ?? [],
    decay: readDecimal(values, 'decay') ?? 0,
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
    tensorboard: values.tensorboard ?? false,
    keep: readWholeNumbers(values, 'keep', 1) ?? [1, 5, 20, 50, 100],
  };
}

const PENALTY = 'gradient-penalty';

/** The penalty KIND, KIND:WEIGHT or KIND:WEIGHT:EVERY, or none. Without the option, that of the recipe. */
function readPenalty(
  { [PENALTY]: text }: { readonly [PENALTY]?: string | undefined },
  ofRecipe: GradientPenaltyOptions | undefined,
): GradientPenaltyOptions | undefined {
  if (text === undefined) return ofRecipe;
  const [name, weight, every, ...rest] = text.split(':');
  if (rest.length > 0) throw new UsageError(`--${PENALTY} must be KIND:WEIGHT:EVERY, got "${text}"`);
  const kind = readChoice({ [PENALTY]: name }, PENALTY, ['none', ...GRADIENT_PENALTIES]);
  if (kind === undefined || kind === 'none') return undefined;
  return {
    kind,
    weight: readDecimal({ [PENALTY]: weight }, PENALTY),
    every: readWholeNumber({ [PENALTY]: every }, PENALTY, 1),
  };
}
