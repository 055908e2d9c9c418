/** The command line of compare.ts, and the trainings that it makes if no finished runs are given. */
import { join } from 'node:path';
import {
  helpText,
  type Options,
  readCommandLine,
  readWholeNumber,
  readWholeNumbers,
  UsageError,
} from '../bench/support/command-line.ts';
import { EVALUATOR_OPTIONS } from './evaluate-options.ts';
import type { EvaluatorOptions } from './evaluator.ts';
import { parseOptions as parseTraining, TRAINING_OPTIONS, type TrainingOptions } from './options.ts';
import { type ModelName, RUNS } from './run-folder.ts';

export interface ComparisonOptions extends EvaluatorOptions {
  /** Folder for the table, the picture, and the runs that are trained here. */
  readonly out: string;
  /** Finished runs of npm run train. If there are none, the models are trained. */
  readonly runs: readonly string[];
  /** Each model is trained with each seed. */
  readonly seeds: readonly number[];
  /** Epochs for all models; undefined means the default of each model. */
  readonly epochs: number | undefined;
  readonly limit: number | undefined;
  readonly threads: number | undefined;
  readonly wide: boolean;
}

export const USAGE = 'npm run compare';

/** Epochs after which a model hardly improves. Those of the convolutional pairs take the longest. */
const EPOCHS: Readonly<Partial<Record<ModelName, number>>> = {
  ...{ dense: 100, refined: 100, conv: 20, compact: 25, autoencoder: 50 },
};

const { data, limit, threads, wide } = TRAINING_OPTIONS;

const OPTIONS = {
  data,
  out: { type: 'string', value: 'DIR', help: 'output folder (default runs/comparison)' },
  runs: {
    type: 'string',
    multiple: true,
    value: 'DIR ...',
    help: 'finished runs of npm run train, instead of training',
  },
  seeds: { type: 'string', value: 'LIST', help: 'train each model with each seed (default 42)' },
  epochs: { type: 'string', value: 'N', help: 'for all models (default 100, 100, 20, 25, 50)' },
  ...{ limit, threads, wide },
  ...EVALUATOR_OPTIONS,
  seed: { type: 'string', value: 'N', help: 'random seed of noise and subsets (default 0)' },
  help: { type: 'boolean', help: 'show this text' },
} as const satisfies Options;

export function help(): string {
  return helpText(USAGE, OPTIONS);
}

/** @throws UsageError for an unknown option, a missing or a wrong value. */
export function parseOptions(args: readonly string[]): ComparisonOptions | 'help' {
  const { values, positionals } = readCommandLine(args, OPTIONS, { words: true });
  if (values.help) return 'help';
  const { data, out = join(RUNS, 'comparison'), runs, wide = false, classifier } = values;
  if (positionals.length > 0 && runs === undefined) {
    throw new UsageError(`unexpected argument "${positionals[0]}"; name finished runs by --runs DIR ...`);
  }
  return {
    data,
    out,
    // `--runs a b` gives the option a, and the word b.
    runs: [...(runs ?? []), ...positionals],
    seeds: readWholeNumbers(values, 'seeds', 0) ?? [42],
    epochs: readWholeNumber(values, 'epochs', 1),
    limit: readWholeNumber(values, 'limit', 1),
    threads: readWholeNumber(values, 'threads', 1),
    wide,
    classifier,
    count: readWholeNumber(values, 'count', 8) ?? 10_000,
    seed: readWholeNumber(values, 'seed', 0) ?? 0,
  };
}

export interface Planned {
  readonly folder: string;
  readonly training: TrainingOptions;
}

/** The training of each model with each seed, with the settings of npm run train. */
export function plan({ out, seeds, epochs, data, limit }: ComparisonOptions): Planned[] {
  return Object.entries(EPOCHS).flatMap(([model, own]) =>
    seeds.map((seed) => {
      const args = ['--model', model, '--seed', `${seed}`, '--epochs', `${epochs ?? own}`];
      if (data !== undefined) args.push('--data', data);
      if (limit !== undefined) args.push('--limit', `${limit}`, '--batch-size', `${Math.min(limit, 64)}`);
      const training = parseTraining(args);
      if (training === 'help') throw new UsageError(help());
      return { folder: join(out, `${model}-${seed}`), training };
    }),
  );
}
