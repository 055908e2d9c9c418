/** The command line of the benchmark. */

import { helpText, type Options, readChoice, readCommandLine } from './support/command-line.ts';

/** The parts of the benchmark, in the order in which they run. */
export const SECTIONS = ['ladder', 'transposes', 'ops', 'step', 'convolutions', 'conv-step', 'first-use'] as const;
export type Section = (typeof SECTIONS)[number];

export interface BenchOptions {
  /** File for all figures as JSON; undefined writes none. */
  readonly json: string | undefined;
  readonly sections: readonly Section[];
  /** Fewer repetitions and no large cubes: a check that everything works, not a measurement. */
  readonly quick: boolean;
}

export const USAGE = 'npm run bench';

const OPTIONS = {
  json: { type: 'string', value: 'FILE', help: 'also write all figures to FILE' },
  only: { type: 'string', value: 'NAME', help: `one part: ${SECTIONS.join(', ')}` },
  quick: { type: 'boolean', help: 'few repetitions, no large sizes: not a measurement' },
  help: { type: 'boolean', help: 'show this text' },
} as const satisfies Options;

export function help(): string {
  return helpText(USAGE, OPTIONS);
}

/**
 * Reads the arguments after `--`.
 *
 * @throws UsageError for an unknown option or part, naming the nearest known one, or a missing value.
 */
export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = readCommandLine(args, OPTIONS);
  if (values.help) return 'help';
  const section = readChoice(values, 'only', SECTIONS);
  return { json: values.json, sections: section === undefined ? SECTIONS : [section], quick: values.quick ?? false };
}
