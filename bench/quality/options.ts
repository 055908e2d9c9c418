/** The command line of bench/quality: options of its own, and those that go to `npm run train`. */
import { join } from 'node:path';
import { parseOptions as parseTraining, type TrainingOptions } from '../../examples/options.ts';
import { RUNS } from '../../examples/run-folder.ts';
import {
  helpText,
  type Options,
  readCommandLine,
  readWholeNumber,
  readWholeNumbers,
  UsageError,
} from '../support/command-line.ts';

export interface QualityOptions {
  /** One for each seed. They are equal but for the seed. */
  readonly trainings: readonly TrainingOptions[];
  /** Folder for the curve and the pictures. */
  readonly out: string;
  /** Seconds of training from one evaluation to the next. The first and the last epoch are always evaluated. */
  readonly every: number;
  /** Stops each training at the end of the epoch in which it reaches this time. Default: after its last epoch. */
  readonly seconds: number | undefined;
  /** Folder of the MNIST files whose test digits are the real ones. */
  readonly judge: string | undefined;
  readonly classifier: string | undefined;
  /** Number of pictures in each evaluation. */
  readonly count: number;
}

export const USAGE = 'npm run bench:quality';

/** Their values are those of `npm run train`. */
const TRAINING = {
  model: { type: 'string', value: 'NAME', help: 'model of npm run train (default compact)' },
  width: { type: 'string', value: 'X', help: 'factor for the channels of a convolutional model' },
  epochs: { type: 'string', value: 'N', help: 'passes over the images' },
  'batch-size': { type: 'string', value: 'N', help: 'images in a step' },
  data: { type: 'string', value: 'DIR', help: 'folder of MNIST files (default: 10,000 in examples/data)' },
  limit: { type: 'string', value: 'N', help: 'train on the first N images only' },
  'learning-rate': { type: 'string', value: 'X', help: 'of Adam' },
  beta1: { type: 'string', value: 'X', help: 'decay of its first moment' },
  beta2: { type: 'string', value: 'X', help: 'decay of its second moment' },
  loss: { type: 'string', value: 'NAME', help: 'loss of trainGan' },
  ema: { type: 'string', value: 'M', help: 'momentum of the averaged weights' },
  r1: { type: 'string', value: 'W', help: 'weight of the R1 gradient penalty' },
  'gradient-penalty': { type: 'string', value: 'P', help: 'such as r1r2, or wgan-gp:10:1 (weight, every)' },
  'discriminator-steps': { type: 'string', value: 'N', help: "the generator's update is each N-th step" },
  augment: { type: 'string', value: 'LIST', help: 'such as translation,cutout' },
  decay: { type: 'string', value: 'S', help: 'share of the steps in which the rate falls to 0' },
  threads: { type: 'string', value: 'N', help: 'processor cores to use' },
} as const satisfies Options;

const OPTIONS = {
  ...TRAINING,
  wide: { type: 'boolean', help: 'use 256-bit SIMD if this Node supports it' },
  seeds: { type: 'string', value: 'LIST', help: 'one training for each seed (default 1,2,3)' },
  every: { type: 'string', value: 'S', help: 'seconds between two evaluations (default 20)' },
  seconds: { type: 'string', value: 'S', help: 'stop each training after this time' },
  judge: { type: 'string', value: 'DIR', help: 'MNIST files to evaluate with (default: --data)' },
  classifier: { type: 'string', value: 'FILE', help: 'weights of a classifier (default: trained once)' },
  count: { type: 'string', value: 'N', help: 'pictures in each evaluation (default 10000)' },
  out: { type: 'string', value: 'DIR', help: 'output folder (default runs/quality-MODEL)' },
  help: { type: 'boolean', help: 'show this text' },
} as const satisfies Options;

export function help(): string {
  return helpText(USAGE, OPTIONS);
}

/** @throws UsageError for an unknown option, a missing or a wrong value. */
export function parseOptions(args: readonly string[]): QualityOptions | 'help' {
  const { values } = readCommandLine(args, OPTIONS);
  if (values.help) return 'help';
  const passed: string[] = values.wide ? ['--wide'] : [];
  for (const name of Object.keys(TRAINING) as (keyof typeof TRAINING)[]) {
    const value = values[name];
    if (value !== undefined) passed.push(`--${name}=${value}`);
  }
  const seeds = readWholeNumbers(values, 'seeds', 0) ?? [1, 2, 3];
  const trainings = seeds.map((seed) => trainingOf([...passed, `--seed=${seed}`]));
  return {
    trainings,
    out: values.out ?? join(RUNS, `quality-${trainings[0]!.model}`),
    every: readWholeNumber(values, 'every', 1) ?? 20,
    seconds: readWholeNumber(values, 'seconds', 1),
    judge: values.judge ?? values.data,
    classifier: values.classifier,
    count: readWholeNumber(values, 'count', 8) ?? 10_000,
  };
}

function trainingOf(args: readonly string[]): TrainingOptions {
  const training = parseTraining(args);
  if (training === 'help') throw new UsageError(help());
  if (training.model === 'autoencoder') throw new UsageError('--model autoencoder is no GAN; it has no such curve');
  return training;
}
