/**
 * What `--resume` of `npm run train` does: it finds the run and takes the settings of its run.json. Flags beside it may
 * change only what does not change the bits; the number of epochs may change too.
 */
import { existsSync } from 'node:fs';
import { UsageError } from '../bench/support/command-line.ts';
import { type Flags, optionsOf, type TrainingOptions } from './options.ts';
import { MODELS, newestRun, RUNS, type RunDescription, readDescription } from './run-folder.ts';

/** Flags that a resumed run may be given with other values than those of its start. */
const FREE: readonly string[] = [
  ...['resume', 'out', 'epochs', 'threads', 'kernels', 'wide', 'keep', 'checkpoint-every', 'tensorboard'],
];

/** The run that is continued, and its options. */
export interface ResumedRun {
  readonly folder: string;
  readonly options: TrainingOptions;
  /** Undefined if the folder has no run.json: the training begins, with the flags as they are given. */
  readonly run: RunDescription | undefined;
}

/**
 * Finds the run: the folder of --out, or the newest one in runs/, of the model of --model if that is given.
 *
 * @throws UsageError if there is no run, or if a flag contradicts it.
 */
export function resumeRun(given: Flags): ResumedRun {
  const models = given.model === undefined ? MODELS : [optionsOf(given).model];
  const folder = given.out ?? newestRun(models);
  if (folder === undefined) {
    const kind = models.length === 1 ? ` of the ${models[0]} model` : '';
    throw new UsageError(`--resume: there is no run${kind} in ${RUNS}/; name its folder by --out DIR`);
  }
  const run = existsSync(folder) ? readDescription(folder) : undefined;
  return { folder, options: run === undefined ? optionsOf(given) : resumedOptions(given, run, folder), run };
}

/**
 * The options of the run, changed by the flags that are given.
 *
 * @throws UsageError if one of them contradicts the run.
 */
export function resumedOptions(given: Flags, run: RunDescription, folder: string): TrainingOptions {
  const saved = savedFlags(run);
  const before = optionsOf(saved);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || FREE.includes(name) || (run.flags === undefined && OF_DATA.includes(name))) continue;
    if (sameOptions(saved, name, value, before)) continue;
    const had = saved[name as keyof Flags];
    throw new UsageError(
      `--${name} ${value} contradicts the run in ${folder}, which was started ` +
        `${had === undefined ? `without --${name}` : `with --${name} ${had}`}. Leave it out, or start a new run ` +
        'without --resume.',
    );
  }
  const { decay, epochs } = before;
  if (decay > 0 && given.epochs !== undefined && given.epochs !== `${epochs}`) {
    throw new UsageError(
      `--epochs ${given.epochs} contradicts the run in ${folder}: with --decay ${decay} its learning rate depends on ` +
        `its ${epochs} epochs. Leave it out, or start a new run without --resume.`,
    );
  }
  return optionsOf({ ...saved, ...given });
}

/** Whether the flag leaves the options of the run as they are, such as one that repeats a default. */
function sameOptions(saved: Flags, name: string, value: string | boolean, before: TrainingOptions): boolean {
  if (PATHS.includes(name)) return saved[name as keyof Flags] === value;
  return JSON.stringify(optionsOf({ ...saved, [name]: value })) === JSON.stringify(before);
}

/** Two of them exclude each other, so that the options of both cannot be read. */
const PATHS: readonly string[] = ['data', 'images'];
/** Flags that a run.json of earlier versions does not have. */
const OF_DATA: readonly string[] = [...PATHS, 'size', 'limit'];

/** The flags that give the options of the run. */
function savedFlags({ model, width, batchSize, seed, epochs, options, flags }: RunDescription): Flags {
  const { learningRate, beta1, beta2, loss, labelSmoothing, emaMomentum, augment, decay } = options ?? {};
  const { gradientPenalty = 'none', discriminatorSteps } = options ?? {};
  return defined({
    ...{ model, width, epochs, 'batch-size': batchSize, seed, ...flags },
    ...{ 'learning-rate': learningRate, beta1, beta2, loss, 'label-smoothing': labelSmoothing, ema: emaMomentum },
    ...{ augment, decay, 'gradient-penalty': gradientPenalty, 'discriminator-steps': discriminatorSteps },
  });
}

/** The values as the command line has them. */
function defined(values: Readonly<Record<string, string | number | boolean | undefined>>): Flags {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, typeof value === 'number' ? `${value}` : value]));
}

/** The flags of run.json that its other fields do not have. */
export function furtherFlags(options: TrainingOptions): RunDescription['flags'] {
  const { data, images, size, limit, keep, checkpointEvery, threads, kernels, wide, tensorboard } = options;
  return {
    ...{ data, images, size, limit, keep: keep.join(), 'checkpoint-every': checkpointEvery },
    ...{ threads, kernels, wide: wide || undefined, tensorboard: tensorboard || undefined },
  };
}

/**
 * A run.json of earlier versions does not name the images.
 *
 * @throws UsageError if those that were loaded are not as many as the run was trained on.
 */
export function checkImageCount({ run, folder }: ResumedRun, count: number): void {
  if (run === undefined || run.flags !== undefined || run.images === count) return;
  throw new UsageError(
    `the run in ${folder} was trained on ${run.images} images, and there are ${count}. Its run.json is of an earlier ` +
      'version and does not name them: give --data, --images, --size and --limit as at its start.',
  );
}
