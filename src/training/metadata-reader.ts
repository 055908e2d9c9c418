/**
 * Reads and checks the metadata of a checkpoint. Each read removes an entry; the entries left at the end must be the
 * configuration.
 */
import type { RandomState } from '../autograd/random.ts';
import { describe } from '../core/check.ts';
import { FormatError } from '../core/errors.ts';
import { printable } from '../core/text.ts';
import type { OptimizerState } from './checkpoint.ts';

/** The keys of a player's optimizer. */
export const OPTIMIZERS = 'optimizers.';
export const STEP = '.step';
export const LEARNING_RATE = '.learning_rate';
/**
 * The largest count of steps and of blocks of random numbers. No training reaches it, and counting on from it is exact.
 */
const MAX_COUNT: number = 2 ** 52;
const MAX_STREAM = 0x7fffffff;

export class MetadataReader {
  readonly #left: Map<string, string>;
  readonly #where: string;

  constructor(metadata: Readonly<Record<string, string>>, where: string) {
    this.#left = new Map(Object.entries(metadata));
    this.#where = where;
  }

  text(key: string): string {
    const text = this.#left.get(key);
    if (text === undefined) return this.#fail(`its ${key} is missing`);
    this.#left.delete(key);
    return text;
  }

  choice(key: string, known: readonly string[]): string {
    const text = this.text(key);
    if (known.includes(text)) return text;
    return this.#fail(`its ${key} is ${describe(text)}; this reads ${known.map(describe).join(' and ')}`);
  }

  /** The version of the format, one of the known ones. */
  version(known: readonly string[]): void {
    const text = this.text('version');
    if (known.includes(text)) return;
    throw new FormatError(
      `${this.#where}: the checkpoint has format ${describe(text)}, and this version of ganvas reads only ` +
        `${known.map(describe).join(' and ')}. Resume it with the version that saved it, or start over`,
      0,
    );
  }

  /** Distinct names, separated by commas. */
  names(key: string): readonly string[] {
    const text = this.text(key);
    const names = text.split(',');
    if (new Set(names).size === names.length && !names.includes('')) return names;
    return this.#fail(`its ${key} are ${describe(text)}, not names between commas, each different`);
  }

  /** A whole number as `${number}` writes it. */
  integer(key: string, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const text = this.text(key);
    const value = Number(text);
    if (!/^(0|[1-9]\d*)$/.test(text) || value < min || value > max) {
      this.#fail(`its ${key} is ${describe(text)}, not a whole number from ${min} to ${max}`);
    }
    return value;
  }

  randomState(name: string): RandomState {
    return {
      seed: this.integer(`${name}.seed`, 0),
      stream: this.integer(`${name}.stream`, 0, MAX_STREAM),
      block: this.integer(`${name}.block`, 0, MAX_COUNT),
    };
  }

  /** The state of each optimizer, by the name of its player, in the order of the file. */
  optimizerStates(): Record<string, OptimizerState> {
    const names = [...this.#left.keys()]
      .filter((key) => key.startsWith(OPTIMIZERS) && key.endsWith(STEP))
      .map((key) => key.slice(OPTIMIZERS.length, -STEP.length));
    const states = names.map((name) => {
      const key = OPTIMIZERS + name;
      const step = this.integer(key + STEP, 0, MAX_COUNT);
      const state = this.#left.has(key + LEARNING_RATE)
        ? { step, learningRate: this.#rate(key + LEARNING_RATE) }
        : { step };
      return [name, state] as const;
    });
    return Object.fromEntries(states);
  }

  /** The entries that are left, without their common prefix. */
  rest(prefix: string): Record<string, string> {
    const texts: Record<string, string> = Object.create(null);
    for (const [key, value] of this.#left) {
      if (!key.startsWith(prefix)) this.#fail(`it has an unknown key ${describe(key)}`);
      texts[key.slice(prefix.length)] = value;
    }
    return texts;
  }

  /** A number of at least 0 as `${number}` writes it. */
  #rate(key: string): number {
    const text = this.text(key);
    const value = Number(text);
    if (`${value}` === text && Number.isFinite(value) && value >= 0) return value;
    return this.#fail(`its ${printable(key)} is ${describe(text)}, not a number of at least 0`);
  }

  #fail(problem: string): never {
    throw new FormatError(`${this.#where}: not a checkpoint: ${problem}`, 0);
  }
}
