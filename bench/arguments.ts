/** Reading a command line of options: `node:util` only splits it, since its own errors would not say "did you mean". */
import { parseArgs } from 'node:util';
import { didYouMean } from '../src/core/check.ts';

/** A command line that cannot be understood; its message is meant for the user. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Each option: the name of its value ('' for a switch) and its line in the help text. */
export type KnownOptions = Readonly<Record<string, readonly [value: string, help: string]>>;

export function helpText(usage: string, known: KnownOptions): string {
  const lines = Object.entries(known).map(([name, [value, text]]) => `  ${`--${name} ${value}`.padEnd(16)}${text}`);
  return [`Usage: ${usage} -- [options]`, '', ...lines].join('\n');
}

/**
 * Names and values; a switch has the value ''.
 *
 * @throws UsageError for an unknown option (naming the nearest known one) or a missing value.
 */
export function readArguments(args: readonly string[], known: KnownOptions): Map<string, string> {
  const options = Object.fromEntries(
    Object.entries(known).map(([name, [value]]) => [name, { type: value === '' ? 'boolean' : 'string' } as const]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw new UsageError(`unexpected argument "${token.value}"`);
    const { name, rawName, value, inlineValue } = token;
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
    given.set(name, value ?? '');
  }
  return given;
}

/** Runs a command's `main`; a UsageError becomes one line and the exit code 2. */
export async function runCommand(usage: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n${usage} -- --help lists the options.`);
    process.exitCode = 2;
  }
}
