/** The command line of bench/quality: options of its own, and those that go to `npm run train`. */
import { join } from 'node:path';
import { EVALUATOR_OPTIONS } from '../../examples/evaluate-options.ts';
import { parseOptions as parseTraining, TRAINING_OPTIONS, type TrainingOptions } from '../../examples/options.ts';
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

const OPTIONS = {
  ...TRAINING_OPTIONS,
  seeds: { type: 'string', value: 'LIST', help: 'one training for each seed (default 1,2,3)' },
  every: { type: 'string', value: 'S', help: 'seconds between two evaluations (default 20)' },
  seconds: { type: 'string', value: 'S', help: 'stop each training after this time' },
  judge: { type: 'string', value: 'DIR', help: 'MNIST files to evaluate with (default: --data)' },
  ...EVALUATOR_OPTIONS,
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
  const passed: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (name in TRAINING_OPTIONS) passed.push(value === true ? `--${name}` : `--${name}=${value}`);
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
