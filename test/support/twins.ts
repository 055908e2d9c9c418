/** Runs two kernels on the same operands in the same place of one heap, and compares all of that memory bit for bit. */
import type { Heap } from '../../src/kernels/heap.ts';
import type { AnyKernel, KernelFunction } from '../../src/kernels/kernel.ts';
import type { KernelSet } from '../../src/kernels/sets.ts';
import type { Operands } from './operands.ts';

/** A call of a kernel of a set; undefined where it has no result, as a pool of threads gives 0 for it. */
export function invoke(set: KernelSet, kernel: AnyKernel, args: readonly number[]): number | undefined {
  const body: KernelFunction | undefined = set.get(kernel);
  if (body === undefined) throw new Error(`the set lacks ${kernel.name}`);
  const result = body(...args);
  return kernel.result === 'void' ? undefined : result;
}

/** The arguments with all addresses moved. */
export function moved({ parameters }: AnyKernel, args: readonly number[], by: number): number[] {
  const kinds = Object.values(parameters);
  return args.map((value, i) => (kinds[i] === 'address' ? value + by : value));
}

const bitsOfFloat = new Float32Array(1);

/** Whether int32 patterns are the same float32. All NaNs count as the same. */
function sameFloat(a: number, b: number): boolean {
  return a === b || ((a & 0x7fffffff) > 0x7f800000 && (b & 0x7fffffff) > 0x7f800000);
}

export function floatOf(bits: number): number {
  new Int32Array(bitsOfFloat.buffer)[0] = bits;
  return bitsOfFloat[0]!;
}

/** The first index at which two lists of bit patterns are not the same floats. */
export function firstUnequal(got: Int32Array, expected: Int32Array): number | undefined {
  for (let i = 0; i < expected.length; i++) {
    if (got[i] !== expected[i] && !sameFloat(got[i]!, expected[i]!)) return i;
  }
  return undefined;
}

type Run = (args: readonly number[]) => number | undefined;

export class Twins {
  readonly heap: Heap;
  /** Where the operands are put: an address that is a multiple of 16. */
  readonly base: number;
  #expected: Int32Array;

  constructor(heap: Heap, capacity: number) {
    this.heap = heap;
    this.base = heap.allocate(capacity);
    this.#expected = new Int32Array(capacity);
  }

  /** Throws an error with case and place if the two runs leave different memory or give different results. */
  compare(kernel: AnyKernel, operands: Operands, args: readonly number[], expected: Run, got: Run, what: string): void {
    const { heap, base } = this;
    const { name } = kernel;
    const { used } = operands;
    const picture = operands.ints.subarray(0, used);
    const here = moved(kernel, args, base);
    heap.ints.set(picture, base);
    const expectedResult = expected(here);
    const kept = this.#expected.subarray(0, used);
    kept.set(heap.ints.subarray(base, base + used));
    heap.ints.set(picture, base);
    const result = got(here);
    const memory = heap.ints.subarray(base, base + used);
    const at = firstUnequal(memory, kept);
    if (at !== undefined) {
      throw new Error(
        `${name}(${args.join(', ')}), ${what}: at ${at}, output + ${at - args[0]!}: ` +
          `got ${floatOf(memory[at]!)}, expected ${floatOf(kept[at]!)}, before ${operands.floats[at]}`,
      );
    }
    if (result !== expectedResult) {
      throw new Error(`${name}(${args.join(', ')}), ${what}: got the result ${result}, expected ${expectedResult}`);
    }
  }

  /** The same for a kernel of two sets. */
  compareSets(
    expected: KernelSet,
    got: KernelSet,
    kernel: AnyKernel,
    operands: Operands,
    args: readonly number[],
    what: string,
  ): void {
    const run = (set: KernelSet) => (all: readonly number[]) => invoke(set, kernel, all);
    this.compare(kernel, operands, args, run(expected), run(got), what);
  }
}

/** Whole numbers below n from a seed (a linear congruential generator). */
export function numbersBelow(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}
