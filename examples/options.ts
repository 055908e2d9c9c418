/** The command line of train.ts: what it understands, the help text, and errors that say what to do. */
import { didYouMean } from '../src/core/check.ts';
import type { AdamConfig, GanLoss } from '../src/index.ts';
import { helpText, type KnownOptions, readArguments, readWholeNumber, UsageError } from './arguments.ts';
import { MODELS, type ModelName } from './run-folder.ts';

export interface TrainingOptions {
  readonly model: ModelName;
  /** Of the convolutional pair: multiplies its numbers of channels. */
  readonly width: number;
  /** Of every Adam; empty is the library's own, which is the article's. */
  readonly adam: Pick<AdamConfig, 'learningRate' | 'beta1'>;
  readonly loss: GanLoss | undefined;
  readonly labelSmoothing: number | undefined;
  /** Momentum of the average of the generator's weights. */
  readonly emaMomentum: number | undefined;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Folder with the four MNIST files; undefined: the 10,000 digits beside this example. */
  readonly data: string | undefined;
  /** Folder for everything written; undefined: a new one in runs/, or with `resume` the newest one there. */
  readonly out: string | undefined;
  readonly limit: number | undefined;
  readonly threads: number | undefined;
  readonly kernels: Kernels;
  readonly wide: boolean;
  /** Steps between checkpoints, beside the one at the end of each epoch. */
  readonly checkpointEvery: number | undefined;
  readonly resume: boolean;
  /** Epochs after which the generator's weights are kept, beside the last. */
  readonly keep: readonly number[];
}

/**
 * The article's batch; a quarter of it for the 10,000 digits, a sixth of MNIST, so that an epoch has about as many steps, and for the
 * convolutional pair, whose steps take long and teach much.
 */
const LARGE_BATCH = 256;
const SMALL_BATCH = 64;

/** Source: Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional GANs", ICLR 2016, section 4. */
const ADAM: Readonly<Partial<Record<ModelName, TrainingOptions['adam']>>> = {
  conv: { learningRate: 2e-4, beta1: 0.5 },
};

type Kernels = (typeof KERNELS)[number];
const KERNELS = ['auto', 'portable', 'simd'] as const;

const LOSSES: readonly GanLoss[] = ['nonSaturating', 'minimax', 'leastSquares', 'hinge'];

/** A sixteenth of the arithmetic of the whole convolutional pair. */
const WIDTH = 0.25;

const KNOWN: KnownOptions = {
  model: ['NAME', `one of ${MODELS.join(', ')}`],
  width: ['X', 'of conv: share of its channels (default 0.25)'],
  epochs: ['N', 'passes over the images (default 100)'],
  'batch-size': ['N', 'images a step (default 256; conv and 10,000 digits 64)'],
  seed: ['N', 'random seed; equal seeds give equal bits (default 42)'],
  data: ['DIR', 'folder of MNIST files (default: 10,000 in examples/data)'],
  out: ['DIR', 'folder for all that is written (default: new, in runs/)'],
  limit: ['N', 'train on the first N images only'],
  'learning-rate': ['X', 'of Adam (default 0.0001; conv 0.0002; autoencoder 0.001)'],
  beta1: ['X', 'decay of its first moment (default 0.9, conv 0.5)'],
  loss: ['NAME', `one of ${LOSSES.join(', ')}`],
  'label-smoothing': ['S', 'real images are labelled 1 - S'],
  ema: ['M', 'draw with weights averaged by momentum M, say 0.999'],
  threads: ['N', 'processor cores to use'],
  kernels: ['NAME', 'auto, portable or simd (default auto)'],
  wide: ['', '256-bit SIMD where this Node can do it'],
  'checkpoint-every': ['N', 'also save the state every N steps'],
  keep: ['LIST', 'epochs whose weights are kept (default 1,5,20,50,100)'],
  resume: ['', 'go on with the run in --out, or the newest in runs/'],
  help: ['', 'show this text'],
};

export const USAGE = 'npm run train';

/** The help text. */
export function help(): string {
  return helpText(USAGE, KNOWN);
}

/**
 * Reads the arguments after `--`.
 *
 * @returns the options, or 'help' if that is asked for.
 * @throws UsageError for an unknown option (naming the nearest known one), a missing or a wrong value.
 */
export function parseOptions(args: readonly string[]): TrainingOptions | 'help' {
  const given = readArguments(args, KNOWN);
  if (given.has('help')) return 'help';
  const model = oneOf(given, 'model', MODELS) ?? 'dense';
  const small = model === 'conv' || !given.has('data');
  const learningRate = decimal(given, 'learning-rate');
  const beta1 = decimal(given, 'beta1');
  return {
    model,
    width: decimal(given, 'width') ?? WIDTH,
    adam: {
      ...ADAM[model],
      ...(learningRate !== undefined && { learningRate }),
      ...(beta1 !== undefined && { beta1 }),
    },
    loss: oneOf(given, 'loss', LOSSES),
    labelSmoothing: decimal(given, 'label-smoothing'),
    emaMomentum: decimal(given, 'ema'),
    epochs: wholeNumber(given, 'epochs', 1) ?? 100,
    batchSize: wholeNumber(given, 'batch-size', 1) ?? (small ? SMALL_BATCH : LARGE_BATCH),
    seed: wholeNumber(given, 'seed', 0) ?? 42,
    data: given.get('data'),
    out: given.get('out'),
    limit: wholeNumber(given, 'limit', 1),
    threads: wholeNumber(given, 'threads', 1),
    kernels: oneOf(given, 'kernels', KERNELS) ?? 'auto',
    wide: given.has('wide'),
    checkpointEvery: wholeNumber(given, 'checkpoint-every', 1),
    resume: given.has('resume'),
    keep: wholeNumbers(given, 'keep') ?? [1, 5, 20, 50, 100],
  };
}

type Given = ReadonlyMap<string, string>;

function wholeNumber(given: Given, name: string, min: number): number | undefined {
  const text = given.get(name);
  return text === undefined ? undefined : readWholeNumber(name, text, min);
}

/** Such as 1,5,20. */
function wholeNumbers(given: Given, name: string): number[] | undefined {
  return given
    .get(name)
    ?.split(',')
    .map((part) => readWholeNumber(name, part, 1));
}

/** Such as 0.25; what it may be is checked by whoever takes it. */
function decimal(given: Given, name: string): number | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  if (!/^\d*\.?\d+$/.test(text)) throw new UsageError(`--${name} must be a number such as 0.25, got "${text}"`);
  return Number(text);
}

function oneOf<T extends string>(given: Given, name: string, choices: readonly T[]): T | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  const found = choices.find((one) => one === text);
  if (found !== undefined) return found;
  throw new UsageError(
    `--${name} must be one of ${choices.join(', ')}, got "${text}". ${didYouMean(text, choices)}`.trim(),
  );
}
