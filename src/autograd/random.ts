/**
 * The random generator: Philox (core/philox.ts) with a key and a position. Its whole state is three numbers. Each draw
 * starts at a new block of the stream, so the n-th draw of a program is the same on every engine and for every number
 * of threads.
 */
import { checkInteger, checkNumber, hasMethods, invalid, isPlainObject } from '../core/check.ts';
import { RuntimeError } from '../core/errors.ts';
import { integer, readOptions } from '../core/options.ts';
import { philox } from '../core/philox.ts';
import { checkShape, MAX_SIZE, type Shape } from '../core/shape.ts';
import { type DrawKernel, randomNormal, randomUniform } from '../kernels/library/random.ts';
import { Tensor } from './tensor.ts';

/** The state of a generator: plain numbers that can be stored as JSON. */
export interface RandomState {
  readonly seed: number;
  /** Number of the stream. The streams of one seed are independent of each other. */
  readonly stream: number;
  /** Number of the next block; a block is four 32-bit words. */
  readonly block: number;
}

/** A generator of random numbers. Each call draws the next ones. */
export interface Random {
  /**
   * Normally distributed values of the given shape. Defaults: mean 0, stddev 1. No value is further than 5.4 standard
   * deviations from the mean.
   */
  normal(shape: Shape, mean?: number, stddev?: number): Tensor;
  /**
   * Uniformly distributed values from `low` (default 0) to `high` (default 1), in steps of 2^-24 of the range. `high`
   * itself occurs only by rounding, never if `low` is 0.
   */
  uniform(shape: Shape, low?: number, high?: number): Tensor;
  /** The numbers 0 ... n - 1 in random order (Fisher-Yates, without modulo bias). */
  permutation(n: number): Int32Array;
  /** The current state; randomFromState() continues from it. */
  state(): RandomState;
}

/**
 * A seeded generator. Equal seeds give equal numbers on every machine and engine.
 *
 * @param seed - a whole number from 0 to 2^53 - 1.
 * @throws ArgumentError if the seed is no such number.
 * @example
 * const random = createRandom(42);
 * random.normal([16, 100]).shape; // [16, 100]
 * random.uniform([2], -1, 1).shape; // [2]
 * random.permutation(4).length; // 4
 */
export function createRandom(seed: number): Random {
  return new PhiloxRandom({ seed: checkInteger('createRandom', 'seed', seed, 0), stream: 0, block: 0 });
}

const STATE = { seed: integer(0), stream: integer(0, 0x7fffffff), block: integer(0) };

/**
 * A generator that continues from a state that state() returned.
 *
 * @throws ArgumentError if the state did not come from state().
 * @example
 * const random = createRandom(1);
 * random.normal([10]);
 * const text = JSON.stringify(random.state());
 * const next = random.uniform([1]).item();
 * randomFromState(JSON.parse(text)).uniform([1]).item() === next; // true
 */
export function randomFromState(state: RandomState): Random {
  const where = 'randomFromState';
  if (!isPlainObject(state)) invalid(where, 'state', 'what state() has returned', state);
  return new PhiloxRandom(readOptions(where, state, STATE));
}

/** @internal Throws unless `random` is a generator. */
export function checkRandom(where: string, argument: string, random: unknown): Random {
  if (hasMethods(random, ['normal', 'uniform', 'permutation', 'state'])) return random as Random;
  return invalid(where, argument, 'a random generator', random, 'Make one with createRandom(seed).');
}

const TWO_32 = 2 ** 32;
const IN_RANGE = 'small enough that all values are finite float32 numbers, below 3.4e38';

function fitsFloat32(x: number): boolean {
  return Number.isFinite(Math.fround(x));
}

class PhiloxRandom implements Random {
  readonly #seed: number;
  readonly #stream: number;
  #block: number;

  constructor({ seed, stream, block }: RandomState) {
    this.#seed = seed;
    this.#stream = stream;
    this.#block = block;
  }

  normal(shape: Shape, mean = 0, stddev = 1): Tensor {
    checkNumber('normal', 'mean', mean);
    checkNumber('normal', 'stddev', stddev, { from: 0 });
    // Values are at most 5.4 standard deviations from the mean.
    if (!fitsFloat32(Math.abs(mean) + 6 * stddev)) invalid('normal', 'mean and stddev', IN_RANGE, [mean, stddev]);
    return this.#draw('normal', randomNormal, shape, mean, stddev);
  }

  uniform(shape: Shape, low = 0, high = 1): Tensor {
    checkNumber('uniform', 'low', low);
    checkNumber('uniform', 'high', high, { from: low });
    if (![low, high, high - low].every(fitsFloat32)) invalid('uniform', 'low and high', IN_RANGE, [low, high]);
    return this.#draw('uniform', randomUniform, shape, low, high);
  }

  permutation(n: number): Int32Array {
    checkInteger('permutation', 'n', n, 0, MAX_SIZE);
    const order = allocate(n);
    for (let i = 0; i < n; i++) order[i] = i;
    const words = new Int32Array(4);
    let used = 4;
    for (let i = n - 1; i > 0; i--) {
      const range = i + 1;
      let word: number;
      do {
        if (used === 4) {
          this.#nextWords(words);
          used = 0;
        }
        word = words[used++]! >>> 0;
        // Words at or above the largest multiple of `range` would favour small remainders. All of them are among the
        // last `range` words, so the cheap test comes first.
      } while (word >= TWO_32 - range && word >= TWO_32 - (TWO_32 % range));
      // This is word % range. The quotient of two such numbers never rounds up to the next whole number.
      const j = word - Math.floor(word / range) * range;
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  }

  state(): RandomState {
    return { seed: this.#seed, stream: this.#stream, block: this.#block };
  }

  #draw(where: string, kernel: DrawKernel, shape: Shape, first: number, second: number): Tensor {
    const out = new Tensor(checkShape(where, 'shape', shape));
    const seed = this.#seed;
    const block = this.#block;
    kernel.run(
      out.address,
      seed | 0,
      (seed / TWO_32) | 0,
      block | 0,
      (block / TWO_32) | 0,
      this.#stream,
      first,
      second,
      out.size,
    );
    this.#block += Math.ceil(out.size / 4);
    return out;
  }

  /** Writes the four words of the next block. */
  #nextWords(words: Int32Array): void {
    const block = this.#block++;
    philox(words, block | 0, (block / TWO_32) | 0, this.#stream, 0, this.#seed | 0, (this.#seed / TWO_32) | 0);
  }
}

function allocate(length: number): Int32Array {
  try {
    return new Int32Array(length);
  } catch (cause) {
    throw new RuntimeError(`permutation: the engine has no memory for ${length} numbers`, { cause });
  }
}
