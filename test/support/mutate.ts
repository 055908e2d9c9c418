/**
 * Mutation testing of parsers. Valid files are damaged at random, and the parser must either read them or throw a
 * FormatError. Each case depends only on (seed, index), so `fuzzCase(target, seed, index)` repeats a failure.
 */
import { FormatError } from '../../src/core/errors.ts';

/** Whole numbers for tests: SplitMix32, fast and seedable, no statistical claim. */
export interface TestRandom {
  /** From 0 to limit - 1. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
}

export function testRandom(seed: number): TestRandom {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let word = state ^ (state >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word ^= word >>> 15;
    word = Math.imul(word, 0x735a2d97);
    return (word ^ (word >>> 15)) >>> 0;
  };
  const below = (limit: number): number => next() % Math.max(1, limit);
  return {
    below,
    pick: (items) => {
      if (items.length === 0) throw new RangeError('pick: nothing to pick from');
      return items[below(items.length)]!;
    },
  };
}

/** Returns a damaged copy; the input is not changed. */
export type Mutator = (bytes: Uint8Array, random: TestRandom) => Uint8Array;

export interface FuzzTarget<T> {
  readonly name: string;
  /** Files that the parser accepts. */
  readonly corpus: readonly Uint8Array[];
  readonly parse: (bytes: Uint8Array) => T;
  /** Throws if the result of the parser breaks a promise of the parser. */
  readonly verify: (result: T, bytes: Uint8Array) => void;
  /** Mutators that know the format; used as often as the general ones. */
  readonly mutators: readonly Mutator[];
}

export interface FuzzReport {
  readonly accepted: number;
  readonly rejected: number;
  /** How often each kind of error came: its message without names, numbers and offsets. */
  readonly complaints: ReadonlyMap<string, number>;
  /** The slowest single parse. */
  readonly slowestMilliseconds: number;
  /** The most that a parse allocated beyond the size of its file, garbage included. */
  readonly largestExcess: number;
}

/**
 * Allowed allocation of one parse beyond the size of the small files here. Most of it is garbage that was not collected
 * yet.
 */
export const SLACK_BYTES: number = 4 * 2 ** 20;

/**
 * Bytes in the engine's heap and in array buffers. Between two calls without a collection, the difference is what was
 * allocated.
 */
export function heldBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Runs cases 0 to count - 1 of a seed. Throws at the first failure, with the seed, the case and its bytes. */
export function fuzz<T>(target: FuzzTarget<T>, count: number, seed: number): FuzzReport {
  for (const file of target.corpus) target.verify(target.parse(file), file);
  const complaints = new Map<string, number>();
  let accepted = 0;
  let slowestMilliseconds = 0;
  let largestExcess = 0;
  for (let index = 0; index < count; index++) {
    const { complaint, milliseconds, excess } = fuzzCase(target, seed, index);
    slowestMilliseconds = Math.max(slowestMilliseconds, milliseconds);
    largestExcess = Math.max(largestExcess, excess);
    if (complaint === undefined) accepted++;
    else complaints.set(complaint, (complaints.get(complaint) ?? 0) + 1);
  }
  return { accepted, rejected: count - accepted, complaints, slowestMilliseconds, largestExcess };
}

/** Runs one case. Returns undefined if the parser accepted the damaged file, else the kind of its error. */
export function fuzzCase<T>(
  target: FuzzTarget<T>,
  seed: number,
  index: number,
): { readonly complaint: string | undefined; readonly milliseconds: number; readonly excess: number } {
  const bytes = damagedFile(target, seed, index);
  const before = bytes.slice();
  let complaint: string | undefined;
  let held = heldBytes();
  const start = performance.now();
  let end = start;
  const parsed = (): void => {
    end = performance.now();
    held = heldBytes() - held;
  };
  try {
    const result = target.parse(bytes);
    parsed();
    target.verify(result, bytes);
  } catch (error) {
    if (end === start) parsed();
    const { offset } = error instanceof FormatError ? error : {};
    if (!(error instanceof FormatError) || offset === undefined || offset < 0 || offset > bytes.length) {
      throw failure('the outcome is neither success nor a FormatError with an offset in the file', error);
    }
    complaint = error.message.replace(/"(?:[^"\\]|\\.)*"|'.'/g, '_').replace(/0x[\da-f]+|\d+/g, '#');
  }
  if (Buffer.compare(before, bytes) !== 0) throw failure('the parser changed the bytes that it was given');
  return { complaint, milliseconds: end - start, excess: held - bytes.length };

  function failure(problem: string, cause?: unknown): Error {
    const hex = Buffer.from(before.subarray(0, 2048)).toString('hex');
    const dots = before.length > 2048 ? '...' : '';
    return new Error(
      `${target.name}, seed ${seed}, case ${index}: ${problem}: ${String(cause)}\n` +
        `${before.length} bytes: ${hex}${dots}`,
      { cause },
    );
  }
}

/** The damaged file of one case: a file of the corpus after one to three mutations. */
export function damagedFile<T>(target: FuzzTarget<T>, seed: number, index: number): Uint8Array {
  const random = testRandom(Math.imul(seed, 0x01000193) ^ Math.imul(index, 0x9e3779b1));
  let bytes: Uint8Array = random.pick(target.corpus).slice();
  for (let left = 1 + random.below(3); left > 0; left--) {
    const knowing = target.mutators.length > 0 && random.below(2) === 0;
    bytes = (knowing ? random.pick(target.mutators) : random.pick(GENERAL_MUTATORS))(bytes, random);
  }
  return bytes;
}

/** Counts and lengths that parsers often handle wrongly. */
const ODD_INTEGERS: readonly bigint[] = [
  ...[0n, 1n, 7n, 8n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0xffffn, 100_000_000n, 100_000_001n, 0x7fffffffn],
  ...[0x80000000n, 0xffffffffn, 0x100000000n, 0x1fffffffffffffn, 0x20000000000000n, 0x7fffffffffffffffn],
  ...[0xffffffffffffffffn],
];

/** Mutations that need no knowledge of the format. */
export const GENERAL_MUTATORS: readonly Mutator[] = [
  function flipBit(bytes, random) {
    const copy = bytes.slice();
    if (copy.length > 0) copy[random.below(copy.length)]! ^= 1 << random.below(8);
    return copy;
  },
  function setByte(bytes, random) {
    const copy = bytes.slice();
    if (copy.length > 0) copy[random.below(copy.length)] = random.below(256);
    return copy;
  },
  function truncate(bytes, random) {
    return bytes.slice(0, random.below(bytes.length + 1));
  },
  function cutOneByteOff(bytes) {
    return bytes.slice(0, Math.max(0, bytes.length - 1));
  },
  function append(bytes, random) {
    return joinBytes(
      bytes,
      Uint8Array.from({ length: 1 + random.below(16) }, () => random.below(256)),
    );
  },
  function deleteRange(bytes, random) {
    const [from, to] = range(bytes, random);
    return joinBytes(bytes.subarray(0, from), bytes.subarray(to));
  },
  function repeatRange(bytes, random) {
    const [from, to] = range(bytes, random);
    return joinBytes(bytes.subarray(0, to), bytes.subarray(from));
  },
  function zeroRange(bytes, random) {
    const [from, to] = range(bytes, random);
    return bytes.slice().fill(0, from, to);
  },
  function copyRange(bytes, random) {
    const [from, to] = range(bytes, random);
    return bytes.slice().copyWithin(random.below(bytes.length), from, to);
  },
  function oddInteger(bytes, random) {
    const width = random.pick([1, 2, 4, 8]);
    const copy = bytes.slice();
    if (copy.length < width) return copy;
    // Lengths stand at the front of most formats.
    const at = random.below(random.below(2) === 0 ? Math.min(32, copy.length - width + 1) : copy.length - width + 1);
    const littleEndian = random.below(2) === 0;
    let value = random.pick(ODD_INTEGERS);
    for (let i = 0; i < width; i++, value >>= 8n) copy[at + (littleEndian ? i : width - 1 - i)] = Number(value & 0xffn);
    return copy;
  },
];

export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A stretch of at most 64 bytes. */
function range(bytes: Uint8Array, random: TestRandom): readonly [from: number, to: number] {
  const from = random.below(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + random.below(64))];
}
