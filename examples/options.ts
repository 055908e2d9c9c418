/** The command line of train.ts. */

import {
  helpText,
  type Options,
  readChoice,
  readCommandLine,
  readDecimal,
  readWholeNumber,
  readWholeNumbers,
} from '../bench/support/command-line.ts';
import type { GanLoss } from '../src/index.ts';
import { MODELS, type ModelName } from './run-folder.ts';

export interface TrainingOptions {
  readonly model: ModelName;
  /** Factor for the numbers of channels of the convolutional pair. */
  readonly width: number;
  /** Settings of each Adam. Empty means the defaults of trainGan, which are those of the tutorial. */
  readonly adam: { readonly learningRate?: number; readonly beta1?: number };
  readonly loss: GanLoss | undefined;
  readonly labelSmoothing: number | undefined;
  /** Momentum of the average of the generator's weights. */
  readonly emaMomentum: number | undefined;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Folder with the four MNIST files; undefined means the 10,000 digits in examples/data. */
  readonly data: string | undefined;
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

/**
 * 256 is the batch size of the tutorial. The 10,000 digits, a sixth of MNIST, get a quarter of it, so that an epoch has
 * about as many steps. So does the convolutional pair, whose steps take long.
 */
const LARGE_BATCH = 256;
const SMALL_BATCH = 64;

/**
 * Source: Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional Generative
 * Adversarial Networks", ICLR 2016, section 4.
 */
const ADAM: Readonly<Partial<Record<ModelName, TrainingOptions['adam']>>> = {
  conv: { learningRate: 2e-4, beta1: 0.5 },
};

type Kernels = (typeof KERNELS)[number];
const KERNELS = ['auto', 'portable', 'simd'] as const;

const LOSSES: readonly GanLoss[] = ['nonSaturating', 'minimax', 'leastSquares', 'hinge'];

/** A quarter of the channels takes a sixteenth of the operations. */
const WIDTH = 0.25;

const OPTIONS = {
  model: { type: 'string', value: 'NAME', help: `one of ${MODELS.join(', ')}` },
  width: { type: 'string', value: 'X', help: 'conv: factor for the channels (default 0.25)' },
  epochs: { type: 'string', value: 'N', help: 'passes over the images (default 100)' },
  'batch-size': { type: 'string', value: 'N', help: 'images in a step (default 256; conv, 10,000 digits: 64)' },
  seed: { type: 'string', value: 'N', help: 'random seed; equal seeds give equal bits (default 42)' },
  data: { type: 'string', value: 'DIR', help: 'folder of MNIST files (default: 10,000 in examples/data)' },
  out: { type: 'string', value: 'DIR', help: 'output folder (default: a new one in runs/)' },
  limit: { type: 'string', value: 'N', help: 'train on the first N images only' },
  'learning-rate': { type: 'string', value: 'X', help: 'of Adam (default 0.0001; conv 0.0002; autoencoder 0.001)' },
  beta1: { type: 'string', value: 'X', help: 'decay of its first moment (default 0.9, conv 0.5)' },
  loss: { type: 'string', value: 'NAME', help: `one of ${LOSSES.join(', ')}` },
  'label-smoothing': { type: 'string', value: 'S', help: 'real images are labelled 1 - S' },
  ema: { type: 'string', value: 'M', help: 'draw with averaged weights of momentum M, such as 0.999' },
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
  const model = readChoice(values, 'model', MODELS) ?? 'dense';
  const small = model === 'conv' || values.data === undefined;
  const learningRate = readDecimal(values, 'learning-rate');
  const beta1 = readDecimal(values, 'beta1');
  return {
    model,
    width: readDecimal(values, 'width') ?? WIDTH,
    adam: {
      ...ADAM[model],
      ...(learningRate !== undefined && { learningRate }),
      ...(beta1 !== undefined && { beta1 }),
    },
    loss: readChoice(values, 'loss', LOSSES),
    labelSmoothing: readDecimal(values, 'label-smoothing'),
    emaMomentum: readDecimal(values, 'ema'),
    epochs: readWholeNumber(values, 'epochs', 1) ?? 100,
    batchSize: readWholeNumber(values, 'batch-size', 1) ?? (small ? SMALL_BATCH : LARGE_BATCH),
    seed: readWholeNumber(values, 'seed', 0) ?? 42,
    data: values.data,
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
