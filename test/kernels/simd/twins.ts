/**
 * The twin tests: every SIMD kernel against its portable twin on one heap, bit for bit, gaps and guard zones included.
 * Bits must be equal because both do the same float32 operations in the same order, so there is no tolerance. Two test
 * files run them, one for each of V8's compilers of WebAssembly.
 */
import { describe, expect, it } from 'vitest';
import { Heap } from '../../../src/kernels/heap.ts';
import type { AnyKernel } from '../../../src/kernels/kernel.ts';
import { gemm } from '../../../src/kernels/library/gemm.ts';
import type { KernelSet } from '../../../src/kernels/sets.ts';
import { caseOf, gemmCase } from '../../support/kernel-cases.ts';
import { KERNELS, portableSet, simdSet } from '../../support/kernel-sets.ts';
import { Operands } from '../../support/operands.ts';
import { firstUnequal, floatOf, invoke, moved, numbersBelow, Twins } from '../../support/twins.ts';

const CAPACITY = 200_000;
const PRIMES = [41, 43, 47, 61, 67, 97, 127, 131, 251, 257, 509, 521];
/** Lengths that the step has, and neighbours of block sizes. */
const LONG = [511, 512, 513, 784, 1023, 1024, 1025, 1030];

function upTo(last: number): number[] {
  return Array.from({ length: last + 1 }, (_, i) => i);
}

/** Sizes with all variants, then sizes with one variant each. */
function* cases(kernel: AnyKernel): Generator<readonly [rows: number, columns: number, variant: number]> {
  const { rank, variants } = caseOf(kernel);
  let turn = 0;
  if (rank === 1) {
    for (const count of [...upTo(40), ...PRIMES, ...LONG])
      for (let variant = 0; variant < variants; variant++) yield [1, count, variant];
    return;
  }
  for (const columns of upTo(20)) for (let variant = 0; variant < variants; variant++) yield [3, columns, variant];
  for (const rows of upTo(40)) for (const columns of upTo(40)) yield [rows, columns, turn++ % variants];
  for (const long of [...PRIMES, ...LONG]) {
    for (const short of [1, 2, 5, 17]) {
      yield [short, long, turn++ % variants];
      yield [long, short, turn++ % variants];
    }
  }
}

/** @param gemmShare - of the sizes of the exhaustive GEMM test, one in so many is run. */
export function describeTwins(compiler: string, gemmShare: number): void {
  describe.each([8, 16] as const)(`SIMD and portable twins, ${compiler}, tile of %i columns`, (tileColumns) => {
    const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 256, maximum: 512, shared: true }) });
    const portable = portableSet(heap).set;
    const simd = simdSet(heap, tileColumns).set;
    const twins = new Twins(heap, CAPACITY);
    const operands = new Operands(CAPACITY);

    const compareGemm = (
      sizes: readonly [m: number, n: number, k: number],
      flags: readonly [0 | 1, 0 | 1, 0 | 1],
      salt: number,
    ): void => {
      operands.begin(salt);
      const args = gemmCase(operands, ...sizes, flags, salt % 4 === 0 ? 0 : salt % 4, salt % 3 === 0 ? 1 : 0);
      const [m, n, k] = sizes;
      const what = `${m} x ${n} x ${k}, flags ${flags.join('')}, salt ${salt}`;
      const run = (set: KernelSet) => (all: readonly number[]) => invoke(set, gemm, all);
      twins.compare(gemm, operands, args, run(portable), run(simd), what);
    };
    const flagsOf = (number: number): [0 | 1, 0 | 1, 0 | 1] =>
      [number & 1, (number >> 1) & 1, (number >> 2) & 1] as [0 | 1, 0 | 1, 0 | 1];

    // All kernels but gemm are the same code for both tiles.
    const kernels = KERNELS.filter((kernel) => tileColumns === 8 || kernel === gemm);

    it.each(kernels)('$name: sizes 0 to 40, primes, long ones; all variants', (kernel) => {
      let salt = 0;
      for (const [rows, columns, variant] of cases(kernel)) {
        const args = caseOf(kernel).build(operands.begin(salt), rows, columns, variant);
        twins.compareSets(
          portable,
          simd,
          kernel,
          operands,
          args,
          `rows ${rows}, columns ${columns}, variant ${variant}, salt ${salt}`,
        );
        salt++;
      }
      expect(salt).toBeGreaterThan(100);
    });

    it.each(kernels)('$name: an operand that ends where the heap does is neither read nor written beyond', (kernel) => {
      const sizes = [1, 2, 3, 4, 5, 7, 16, 17, 33];
      for (const [salt, columns] of sizes.entries()) {
        const args = caseOf(kernel).build(operands.begin(salt), 3, columns, 0);
        for (const [i, kind] of Object.values(kernel.parameters).entries()) {
          if (kind !== 'address') continue;
          const address = args[i]!;
          const size = operands.sizes.get(address)!;
          // The last cache line of the memory is the heap's own margin for vector loads; stores must leave it alone.
          const end = heap.floats.length - 16;
          heap.floats.fill(123, end, end + 16);
          const here = moved(kernel, args, twins.base).map((value, j) => (args[j] === address ? end - size : value));
          const results = [portable, simd].map((set) => {
            heap.ints.set(operands.ints.subarray(0, operands.used), twins.base);
            heap.ints.set(operands.ints.subarray(address, address + size), end - size);
            const result = invoke(set, kernel, here);
            return {
              result,
              memory: heap.ints.slice(twins.base, twins.base + operands.used),
              last: heap.ints.slice(end - size, end + 16),
            };
          });
          const [expected, got] = results as [(typeof results)[0], (typeof results)[0]];
          const where = `${kernel.name}(${args.join(', ')}), argument ${i} moved to the end`;
          expect(got.result, where).toBe(expected.result);
          expect(firstUnequal(got.memory, expected.memory), where).toBeUndefined();
          expect(firstUnequal(got.last, expected.last), where).toBeUndefined();
          expect(Array.from(got.last.slice(size), floatOf), where).toEqual(new Array(16).fill(123));
        }
      }
    });

    it(`gemm: m and n from 0 to 20, k of 0, 1, 2, 3, 5, 8, 17, all eight cases (1 in ${gemmShare})`, () => {
      let salt = 0;
      for (const k of [0, 1, 2, 3, 5, 8, 17])
        for (const m of upTo(20))
          for (const n of upTo(20))
            for (let flags = 0; flags < 8; flags++)
              if (salt++ % gemmShare === 0) compareGemm([m, n, k], flagsOf(flags), salt);
      expect(salt).toBe(7 * 21 * 21 * 8);
    });

    it('gemm: 1,500 sizes up to 40 (seed 2024)', () => {
      const below = numbersBelow(2024);
      for (let i = 0; i < 1500; i++) compareGemm([below(41), below(41), below(41)], flagsOf(i), i);
    });

    // KC = 512, MC = 64 and NC = 1024 of library/gemm.ts, NC = 512 of the portable one: one block, one more element,
    // several blocks and a rest.
    it.each([
      [4, 8, 512],
      [5, 9, 513],
      [3, 17, 784],
      [9, 7, 1025],
      [2, 3, 2100],
      [64, 16, 5],
      [65, 5, 7],
      [128, 8, 3],
      [129, 9, 19],
      [261, 18, 2],
      [5, 512, 6],
      [7, 513, 4],
      [4, 1024, 8],
      [6, 1030, 3],
      [1, 2053, 5],
      [131, 33, 521],
      [13, 1031, 37],
      [1, 1, 1031],
      [97, 101, 103],
    ])('gemm: %i x %i x %i, in all eight cases', (m, n, k) => {
      for (let flags = 0; flags < 8; flags++) compareGemm([m, n, k], flagsOf(flags), m + 8 * flags);
    });
  });
}
