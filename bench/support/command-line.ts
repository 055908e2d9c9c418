/**
 * What a program here needs around `parseArgs` of `node:util`: a help text, hints for misspelt options, numbers, exit
 * codes.
 */
import { parseArgs } from 'node:util';
import { didYouMean } from '../../src/core/check.ts';
import { GanvasError } from '../../src/core/errors.ts';

/** A command line that cannot be understood. Its message is meant for the user. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** An option as `parseArgs` takes it, with the name of its value and its line in the help text. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly value?: string;
  readonly help: string;
}

export type Options = Readonly<Record<string, Option>>;

/** The usage line, then one line for each option. `words` names the arguments that are not options. */
export function helpText(usage: string, options: Options, words = ''): string {
  const rows = Object.entries(options).map(([name, { value = '', help }]) => [`  --${name} ${value}`, help] as const);
  const width = Math.max(18, ...rows.map(([option]) => option.length + 2));
  const lines = rows.map(([option, help]) => option.padEnd(width) + help);
  return [`Usage: ${usage} -- ${words === '' ? '' : `${words} `}[options]`, '', ...lines].join('\n');
}

type CommandLine<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: boolean }>
>;

/**
 * `parseArgs` with a UsageError for the user's mistakes. Words that are not options are allowed only with `words:
 * true`.
 *
 * @example
 * const { values } = readCommandLine(process.argv.slice(2), { many: { type: 'string', value: 'N', help: 'how many' }
 * });
 */
export function readCommandLine<const O extends Options>(
  args: readonly string[],
  options: O,
  { words = false }: { readonly words?: boolean } = {},
): CommandLine<O> {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: words });
    for (const [name, value] of Object.entries(parsed.values)) {
      if ([value].flat().includes('')) throw new UsageError(`--${name} needs a value`);
    }
    return parsed;
  } catch (error) {
    if (!(error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')))
      throw error;
    const unknown = /^Unknown option '(--?([^']*))'/.exec(error.message);
    if (unknown === null) throw new UsageError(error.message);
    const names = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`unknown option ${unknown[1]}. ${didYouMean(`--${unknown[2]}`, names)}`.trim());
  }
}

/** Values of options as `readCommandLine` returns them, at least the one called N. */
type Values<N extends string> = { readonly [K in N]?: string | undefined };

/** The value as a whole number in decimal digits; undefined if the option is not given. */
export function readWholeNumber<N extends string>(values: Values<N>, name: N, min: number): number | undefined {
  const text = values[name];
  return text === undefined ? undefined : wholeNumber(name, text, min);
}

/** The value as a list of whole numbers, such as 1,5,20; undefined if the option is not given. */
export function readWholeNumbers<N extends string>(values: Values<N>, name: N, min: number): number[] | undefined {
  return values[name]?.split(',').map((text) => wholeNumber(name, text, min));
}

function wholeNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
    throw new UsageError(`--${name} must be a whole number of at least ${min}, got "${text}"`);
  }
  return value;
}

/**
 * The value as a number such as 0.25, .5 or 1e-4; undefined if the option is not given. The caller checks its range.
 */
export function readDecimal<N extends string>(values: Values<N>, name: N): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  if (!/^\d*\.?\d+(e-?\d+)?$/.test(text))
    throw new UsageError(`--${name} must be a number such as 0.25, got "${text}"`);
  return Number(text);
}

/** The value as one of the choices; undefined if the option is not given. */
export function readChoice<N extends string, T extends string>(
  values: Values<N>,
  name: N,
  choices: readonly T[],
): T | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  const hint = didYouMean(text, choices);
  throw new UsageError(`--${name} must be one of ${choices.join(', ')}, got "${text}". ${hint}`.trim());
}

/** The value as a list of choices, such as translation,cutout; undefined if the option is not given. */
export function readChoices<N extends string, T extends string>(
  values: Values<N>,
  name: N,
  choices: readonly T[],
): T[] | undefined {
  const one = (text: string): T => readChoice({ [name]: text } as Values<N>, name, choices)!;
  return values[name]?.split(',').map(one);
}

/**
 * Runs a command. A UsageError sets the exit code 2; an error of ganvas or of the system, such as a missing file or a
 * full disk, sets 1. Both print their message. Any other error is a bug and is thrown with its stack.
 */
export async function runCommand(usage: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n${usage} -- --help lists the options.`);
      process.exitCode = 2;
    } else if (error instanceof GanvasError || (error instanceof Error && 'syscall' in error)) {
      console.error(error.message);
      process.exitCode = 1;
    } else throw error;
  }
}
