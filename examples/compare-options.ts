/** The command line of compare.ts, and what it trains when no ready runs are named. */
import { join } from 'node:path';
import { helpText, type KnownOptions, readCommandLine, readWholeNumber, UsageError } from './arguments.ts';
import type { EvaluatorOptions } from './evaluator.ts';
import { parseOptions as parseTraining, type TrainingOptions } from './options.ts';
import { type ModelName, RUNS } from './run-folder.ts';

export interface ComparisonOptions extends EvaluatorOptions {
  /** Folder for the table, the picture and, unless ready runs are named, the runs. */
  readonly out: string;
  /** Ready runs of npm run train; none: the models are trained. */
  readonly runs: readonly string[];
  /** Each model is trained with each of them. */
  readonly seeds: readonly number[];
  /** For all models; undefined: each model's own. */
  readonly epochs: number | undefined;
  readonly limit: number | undefined;
  readonly threads: number | undefined;
  readonly wide: boolean;
}

export const USAGE = 'npm run compare';

/** Epochs after which a model draws about as well as it will; the convolutional one takes the longest for each. */
const EPOCHS: Readonly<Partial<Record<ModelName, number>>> = { dense: 100, refined: 100, conv: 20, autoencoder: 50 };

const KNOWN: KnownOptions = {
  data: ['DIR', 'folder of MNIST files (default: 10,000 in examples/data)'],
  out: ['DIR', 'folder for all that is written (default runs/comparison)'],
  runs: ['DIR ...', 'ready runs of npm run train, instead of training'],
  seeds: ['LIST', 'train each model with each seed (default 42)'],
  epochs: ['N', 'for all models (default 100, 100, 20, 50)'],
  limit: ['N', 'train on the first N images only'],
  threads: ['N', 'processor cores to train with'],
  wide: ['', '256-bit SIMD where this Node can do it'],
  classifier: ['FILE', 'weights of a classifier (default: trained once)'],
  count: ['N', 'pictures that are judged of each model (default 10000)'],
  seed: ['N', 'random seed of noise and subsets (default 0)'],
  help: ['', 'show this text'],
};

export function help(): string {
  return helpText(USAGE, KNOWN);
}

/** @throws UsageError for an unknown option, a missing or a wrong value. */
export function parseOptions(args: readonly string[]): ComparisonOptions | 'help' {
  const { given, words } = readCommandLine(args, KNOWN);
  if (given.has('help')) return 'help';
  if (words[0] !== undefined) throw new UsageError(`unexpected argument "${words[0]}"`);
  const last = (name: string): string | undefined => given.get(name)?.at(-1);
  const whole = (name: string, min: number): number | undefined => {
    const text = last(name);
    return text === undefined ? undefined : readWholeNumber(name, text, min);
  };
  return {
    data: last('data'),
    out: last('out') ?? join(RUNS, 'comparison'),
    runs: given.get('runs') ?? [],
    seeds: (last('seeds') ?? '42').split(',').map((text) => readWholeNumber('seeds', text, 0)),
    epochs: whole('epochs', 1),
    limit: whole('limit', 1),
    threads: whole('threads', 1),
    wide: given.has('wide'),
    classifier: last('classifier'),
    count: whole('count', 8) ?? 10_000,
    seed: whole('seed', 0) ?? 0,
  };
}

export interface Planned {
  readonly folder: string;
  readonly training: TrainingOptions;
}

/** Every model with every seed, with the settings of npm run train. */
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
