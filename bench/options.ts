/** The command line of the benchmark. */

import { helpText, type KnownOptions, readArguments, UsageError } from '../examples/arguments.ts';
import { didYouMean } from '../src/core/check.ts';

/** The parts of the benchmark, in the order in which they run. */
export const SECTIONS = ['ladder', 'transposes', 'ops', 'step', 'convolutions', 'conv-step', 'first-use'] as const;
export type Section = (typeof SECTIONS)[number];

export interface BenchOptions {
  /** File for the figures as data; undefined: none. */
  readonly json: string | undefined;
  readonly sections: readonly Section[];
  /** Fewer repetitions and no large cubes: to see that all works, not to quote. */
  readonly quick: boolean;
}

export const USAGE = 'npm run bench';

const KNOWN: KnownOptions = {
  json: ['FILE', 'also write all figures to FILE'],
  only: ['NAME', `one part: ${SECTIONS.join(', ')}`],
  quick: ['', 'few repetitions, no large sizes: not to be quoted'],
  help: ['', 'show this text'],
};

export function help(): string {
  return helpText(USAGE, KNOWN);
}

/**
 * Reads the arguments after `--`.
 *
 * @throws UsageError for an unknown option or part (naming the nearest known one) or a missing value.
 */
export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const given = readArguments(args, KNOWN);
  if (given.has('help')) return 'help';
  return { json: given.get('json'), sections: sectionsOf(given.get('only')), quick: given.has('quick') };
}

function sectionsOf(only: string | undefined): readonly Section[] {
  if (only === undefined) return SECTIONS;
  const found = SECTIONS.find((section) => section === only);
  if (found !== undefined) return [found];
  throw new UsageError(`--only: there is no part "${only}". ${didYouMean(only, SECTIONS)}`.trim());
}
