/** The command line of mnist-gan.ts: what it understands, the help text, and errors that say what to do. */
import { helpText, type KnownOptions, readArguments, UsageError } from '../bench/arguments.ts';
import { didYouMean } from '../src/core/check.ts';

export interface TrainingOptions {
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

/** The article's batch; of the 10,000 digits, a sixth of MNIST, a quarter of it, so that an epoch has about as many steps. */
const MNIST_BATCH = 256;
const DIGITS_BATCH = 64;

export { UsageError };

type Kernels = (typeof KERNELS)[number];
const KERNELS = ['auto', 'portable', 'simd'] as const;

const KNOWN: KnownOptions = {
  epochs: ['N', 'passes over the images (default 100)'],
  'batch-size': ['N', 'images a step (default 256, of the 10,000 digits 64)'],
  seed: ['N', 'random seed; equal seeds give equal bits (default 42)'],
  data: ['DIR', 'folder of MNIST files (default: 10,000 in examples/data)'],
  out: ['DIR', 'folder for all that is written (default: new, in runs/)'],
  limit: ['N', 'train on the first N images only'],
  threads: ['N', 'processor cores to use'],
  kernels: ['NAME', 'auto, portable or simd (default auto)'],
  wide: ['', '256-bit SIMD where this Node can do it'],
  'checkpoint-every': ['N', 'also save the state every N steps'],
  keep: ['LIST', 'epochs whose weights are kept (default 1,5,20,50,100)'],
  resume: ['', 'go on with the run in --out, or the newest in runs/'],
  help: ['', 'show this text'],
};

/** The help text. */
export function help(): string {
  return helpText('npm run train', KNOWN);
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
  return {
    epochs: wholeNumber(given, 'epochs', 1) ?? 100,
    batchSize: wholeNumber(given, 'batch-size', 1) ?? (given.has('data') ? MNIST_BATCH : DIGITS_BATCH),
    seed: wholeNumber(given, 'seed', 0) ?? 42,
    data: given.get('data'),
    out: given.get('out'),
    limit: wholeNumber(given, 'limit', 1),
    threads: wholeNumber(given, 'threads', 1),
    kernels: kernelSet(given.get('kernels') ?? 'auto'),
    wide: given.has('wide'),
    checkpointEvery: wholeNumber(given, 'checkpoint-every', 1),
    resume: given.has('resume'),
    keep: wholeNumbers(given, 'keep') ?? [1, 5, 20, 50, 100],
  };
}

function wholeNumber(given: ReadonlyMap<string, string>, name: string, min: number): number | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  const value = readWhole(text, min);
  if (value === undefined) throw new UsageError(`--${name} must be a whole number of at least ${min}, got "${text}"`);
  return value;
}

/** Such as 1,5,20. */
function wholeNumbers(given: ReadonlyMap<string, string>, name: string): number[] | undefined {
  const text = given.get(name);
  return text?.split(',').map((part) => {
    const value = readWhole(part, 1);
    if (value === undefined) throw new UsageError(`--${name} must be whole numbers with commas between, got "${text}"`);
    return value;
  });
}

function readWhole(text: string, min: number): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min ? value : undefined;
}

function kernelSet(text: string): Kernels {
  const found = KERNELS.find((one) => one === text);
  if (found !== undefined) return found;
  const hint = didYouMean(text, KERNELS);
  throw new UsageError(
    `--kernels must be one of ${KERNELS.join(', ')}, got "${text}"${hint === '' ? '' : `. ${hint}`}`,
  );
}
