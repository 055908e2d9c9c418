/** The command line of evaluate.ts. */
import { helpText, type Options, readCommandLine, readWholeNumber, UsageError } from '../bench/support/command-line.ts';
import type { EvaluatorOptions } from './evaluator.ts';
import { TRAINING_OPTIONS } from './options.ts';

export interface EvaluationOptions extends EvaluatorOptions {
  /** The folder of a training, such as runs/dense-20250131-235959. */
  readonly run: string;
  /** IDX files of pictures, uint8 [n, 28, 28]. */
  readonly images: readonly string[];
}

export const USAGE = 'npm run evaluate';

/** Those of every program that evaluates pictures. */
export const EVALUATOR_OPTIONS = {
  classifier: { type: 'string', value: 'FILE', help: 'weights of a classifier (default: trained once)' },
  count: { type: 'string', value: 'N', help: 'pictures in each row (default 10000)' },
} as const;

const OPTIONS = {
  data: TRAINING_OPTIONS.data,
  ...EVALUATOR_OPTIONS,
  images: { type: 'string', multiple: true, value: 'FILE ...', help: 'IDX files of pictures to evaluate too' },
  seed: { type: 'string', value: 'N', help: 'random seed of noise and subsets (default 0)' },
  help: { type: 'boolean', help: 'show this text' },
} as const satisfies Options;

export function help(): string {
  return helpText(USAGE, OPTIONS, 'RUN_DIR');
}

/**
 * Reads the arguments after `--`.
 *
 * @returns the options, or 'help' if that is asked for.
 * @throws UsageError for an unknown option, a missing or wrong value, or if there is not exactly one folder.
 */
export function parseOptions(args: readonly string[]): EvaluationOptions | 'help' {
  const { values, positionals } = readCommandLine(args, OPTIONS, { words: true });
  const { data, classifier, images } = values;
  if (values.help) return 'help';
  const [run, ...others] = positionals;
  if (run === undefined) throw new UsageError('the folder of a training is needed: npm run evaluate -- RUN_DIR');
  if (others.length > 0 && images === undefined) {
    throw new UsageError(`one folder is evaluated at a time, got "${others[0]}" too`);
  }
  return {
    run,
    data,
    classifier,
    // `--images a b` gives the option a, and the word b.
    images: [...(images ?? []), ...others],
    count: readWholeNumber(values, 'count', 8) ?? 10_000,
    seed: readWholeNumber(values, 'seed', 0) ?? 0,
  };
}
