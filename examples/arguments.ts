/** Reading a command line of options: `node:util` only splits it, since its own errors would not say "did you mean". */
import { parseArgs } from 'node:util';
import { didYouMean } from '../src/core/check.ts';
import { GanvasError } from '../src/core/errors.ts';

/** A command line that cannot be understood; its message is meant for the user. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Each option: the name of its value ('' for a switch) and its line in the help text. */
export type KnownOptions = Readonly<Record<string, readonly [value: string, help: string]>>;

/** The usage line, then a line an option; `words` are what the command takes beside options. */
export function helpText(usage: string, known: KnownOptions, words = ''): string {
  const width = Math.max(16, ...Object.entries(known).map(([name, [value]]) => name.length + value.length + 5));
  const lines = Object.entries(known).map(([name, [value, text]]) => `  ${`--${name} ${value}`.padEnd(width)}${text}`);
  return [`Usage: ${usage} -- ${words === '' ? '' : `${words} `}[options]`, '', ...lines].join('\n');
}

/**
 * Names and values; a switch has the value ''.
 *
 * @throws UsageError for an unknown option (naming the nearest known one), a missing value or a word that belongs to no option.
 */
export function readArguments(args: readonly string[], known: KnownOptions): Map<string, string> {
  const { given, words } = readCommandLine(args, known);
  if (words.length > 0) throw new UsageError(`unexpected argument "${words[0]}"`);
  return new Map(Array.from(given, ([name, values]) => [name, values.at(-1)!]));
}

export interface CommandLine {
  /** All values of each option that is there, in order. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** Words that belong to no option. */
  readonly words: readonly string[];
}

/** readArguments for commands that take words too. An option whose value's name ends in " ..." takes all words that follow it. */
export function readCommandLine(args: readonly string[], known: KnownOptions): CommandLine {
  const options = Object.fromEntries(
    Object.entries(known).map(([name, [value]]) => [name, { type: value === '' ? 'boolean' : 'string' } as const]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string[]>();
  const words: string[] = [];
  let list = words;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') list = words;
    else if (token.kind === 'positional') list.push(token.value);
    else {
      const [value, kind] = readOption(token, known);
      const values = given.get(token.name) ?? [];
      values.push(value);
      given.set(token.name, values);
      list = kind.endsWith(' ...') ? values : words;
    }
  }
  return { given, words };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** The value of an option, and the name of its value in the help text. */
function readOption({ name, rawName, value, inlineValue }: OptionToken, known: KnownOptions): [string, string] {
  const option = Object.hasOwn(known, name) && rawName.startsWith('--') ? known[name] : undefined;
  if (option === undefined) {
    const names = Object.keys(known).map((one) => `--${one}`);
    throw new UsageError(`unknown option ${rawName}. ${didYouMean(`--${name}`, names)}`.trim());
  }
  if (option[0] === '') {
    if (value !== undefined) throw new UsageError(`--${name} takes no value, got "${value}"`);
  } else if (value === undefined || value === '' || (inlineValue !== true && value.startsWith('--'))) {
    throw new UsageError(`--${name} needs a value: --${name} ${option[0]}`);
  }
  return [value ?? '', option[0]];
}

/** A whole number in decimal digits, or a UsageError that names the option. */
export function readWholeNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
    throw new UsageError(`--${name} must be a whole number of at least ${min}, got "${text}"`);
  }
  return value;
}

/**
 * Runs a command. What the user can mend gets a sentence: a UsageError with the exit code 2, an error of ganvas or of the system (a missing
 * file, a full disk) with 1. Anything else is a bug and gets its stack.
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
