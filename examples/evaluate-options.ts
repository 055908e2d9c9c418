/** The command line of evaluate.ts. */
import { helpText, type KnownOptions, readCommandLine, readWholeNumber, UsageError } from './arguments.ts';
import type { EvaluatorOptions } from './evaluator.ts';

export interface EvaluationOptions extends EvaluatorOptions {
  /** The folder of a training, such as runs/dense-20250131-235959. */
  readonly run: string;
  /** IDX files of pictures, uint8 [n, 28, 28]. */
  readonly images: readonly string[];
}

export const USAGE = 'npm run evaluate';

const KNOWN: KnownOptions = {
  data: ['DIR', 'folder of MNIST files (default: 10,000 in examples/data)'],
  classifier: ['FILE', 'weights of a classifier (default: trained once)'],
  images: ['FILE ...', 'IDX files of pictures to judge too'],
  count: ['N', 'pictures in each row (default 10000)'],
  seed: ['N', 'random seed of noise and subsets (default 0)'],
  help: ['', 'show this text'],
};

export function help(): string {
  return helpText(USAGE, KNOWN, 'RUN_DIR');
}

/**
 * Reads the arguments after `--`.
 *
 * @returns the options, or 'help' if that is asked for.
 * @throws UsageError for an unknown option, a missing or wrong value, or unless there is one folder.
 */
export function parseOptions(args: readonly string[]): EvaluationOptions | 'help' {
  const { given, words } = readCommandLine(args, KNOWN);
  if (given.has('help')) return 'help';
  const [run, surplus] = words;
  if (run === undefined) throw new UsageError('the folder of a training is needed: npm run evaluate -- RUN_DIR');
  if (surplus !== undefined) throw new UsageError(`one folder is evaluated at a time, got "${surplus}" too`);
  const last = (name: string): string | undefined => given.get(name)?.at(-1);
  return {
    run,
    data: last('data'),
    classifier: last('classifier'),
    images: given.get('images') ?? [],
    count: readWholeNumber('count', last('count') ?? '10000', 8),
    seed: readWholeNumber('seed', last('seed') ?? '0', 0),
  };
}
