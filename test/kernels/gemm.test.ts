/**
 * GEMM against the naive triple loop, bit for bit: all four transpose cases, with and without accumulation, rows wider
 * than the matrix, NaN in C where it must not be read, and everything around C unchanged.
 */
import { describe, expect, it } from 'vitest';
import { gemmNaive } from '../../bench/support/naive-gemm.ts';
import { blockDepth, KC } from '../../src/kernels/gemm/portable.ts';
import { FLOAT32 } from '../../src/kernels/sets.ts';
import { KERNEL_SETS, type Kernels, type TestSet } from '../support/kernel-sets.ts';
import { hashedFloats } from '../support/reference.ts';
import { firstUnequal } from '../support/twins.ts';

interface Case {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: 0 | 1;
  readonly transposeB: 0 | 1;
  readonly accumulate: 0 | 1;
  /** Number of extra floats at the end of each row. */
  readonly padding: readonly [c: number, a: number, b: number];
}

const GUARD = 9;

/** Runs both on equal memory and compares C with a guard zone on both sides, gaps between the rows included. */
function check({ heap, kernels }: TestSet, naive: Kernels['gemm'], one: Case): void {
  const { m, n, k, transposeA, transposeB, accumulate, padding } = one;
  const cStride = n + padding[0];
  const aStride = (transposeA ? m : k) + padding[1];
  const bStride = (transposeB ? k : n) + padding[2];
  const sizes = [m * cStride + 2 * GUARD, (transposeA ? k : m) * aStride, (transposeB ? n : k) * bStride] as const;
  const [c, a, b] = sizes.map((size) => heap.allocate(size)) as [number, number, number];
  const start = accumulate ? hashedFloats(sizes[0], 3) : new Float32Array(sizes[0]).fill(NaN);
  const run = (gemm: Kernels['gemm']): Float32Array => {
    heap.floats.set(start, c);
    gemm(c + GUARD, a, b, m, n, k, cStride, aStride, bStride, transposeA, transposeB, accumulate);
    return Float32Array.from(heap.floats.subarray(c, c + sizes[0]));
  };
  heap.floats.set(hashedFloats(sizes[1], 1), a);
  heap.floats.set(hashedFloats(sizes[2], 2), b);
  const expected = run(naive);
  const got = run(kernels.gemm);
  [c, a, b].forEach((address, i) => {
    heap.free(address, sizes[i]!);
  });
  const at = firstUnequal(new Int32Array(got.buffer), new Int32Array(expected.buffer));
  if (at === undefined) return;
  const place = at - GUARD;
  throw new Error(
    `gemm ${JSON.stringify(one)}: C[${Math.floor(place / cStride)}, ${place % cStride}]: ` +
      `got ${got[at]}, expected ${expected[at]}, before ${start[at]}`,
  );
}

function* variants(m: number, n: number, k: number, padding: Case['padding']): Generator<Case> {
  for (const transposeA of [0, 1] as const)
    for (const transposeB of [0, 1] as const)
      for (const accumulate of [0, 1] as const) yield { m, n, k, transposeA, transposeB, accumulate, padding };
}

describe.each(KERNEL_SETS)('gemm of the $name kernels', ({ create }) => {
  const set = create();
  const naive = gemmNaive(set.heap, FLOAT32);

  it('all sizes from 0 to 9 in each direction', () => {
    let cases = 0;
    for (let m = 0; m <= 9; m++)
      for (let n = 0; n <= 9; n++)
        for (let k = 0; k <= 9; k++)
          for (const one of variants(m, n, k, [(m + n) % 3, k % 4, (n + k) % 2])) {
            check(set, naive, one);
            cases++;
          }
    expect(cases).toBe(8000);
  });

  it.each([
    [11, 13, 17],
    [31, 29, 37],
    [61, 67, 71],
    [65, 9, 33], // one row more than MC
    [129, 7, 5],
    [5, 513, 7], // one column more than NC
    [3, 521, 3],
    [7, 5, 512], // KC, one more, twice, twice and one more
    [7, 5, 513],
    [6, 9, 1024],
    [6, 9, 1025],
    [67, 515, 5],
    [66, 18, 523],
    [100, 64, 784],
    [1, 1, 2000],
    [1, 300, 300],
    [300, 1, 300],
  ])('%i x %i x %i, dense and with wider rows', (m, n, k) => {
    for (const one of variants(m, n, k, [0, 0, 0])) check(set, naive, one);
    for (const one of variants(m, n, k, [5, 3, 1])) check(set, naive, one);
  });

  it('400 random sizes up to 80 (seed 77)', () => {
    const sizes = hashedFloats(1200, 77, 0, 80);
    for (let i = 0; i < 400; i++) {
      const [m, n, k] = [0, 1, 2].map((part) => Math.floor(sizes[3 * i + part]!)) as [number, number, number];
      const all = [...variants(m, n, k, [i % 3, i % 5, i % 7])];
      check(set, naive, all[i % all.length]!);
    }
  });

  it('infinity and NaN at a padded edge affect only their own row and column', () => {
    const { heap, kernels } = set;
    const [c, a, b] = [heap.allocate(25), heap.allocate(15), heap.allocate(15)];
    heap.floats.fill(1, a, a + 15);
    heap.floats.fill(1, b, b + 15);
    heap.floats[a + 12] = Infinity; // row 4
    heap.floats[b + 4] = NaN; // column 4
    kernels.gemm(c, a, b, 5, 5, 3, 5, 3, 5, 0, 0, 0);
    const got = Array.from(heap.floats.subarray(c, c + 25));
    for (let i = 0; i < 25; i++) expect(got[i], `C[${i}]`).toBe(i % 5 === 4 ? NaN : i >= 20 ? Infinity : 3);
    [
      [c, 25],
      [a, 15],
      [b, 15],
    ].forEach(([address, size]) => {
      heap.free(address!, size!);
    });
  });
});

describe('gemmNaive', () => {
  // gamma_k = k u / (1 - k u), u = 2^-24: the a-priori bound of a sum of k products (Higham, Accuracy and Stability,
  // section 3.1).
  it('stays within gamma_k times the sum of the absolute products of the exact result', () => {
    const { heap } = KERNEL_SETS[0]!.create();
    const [m, n, k] = [7, 6, 600];
    const [c, a, b] = [heap.allocate(m * n), heap.allocate(m * k), heap.allocate(k * n)];
    const [left, right] = [hashedFloats(m * k, 1), hashedFloats(k * n, 2)];
    heap.floats.set(left, a);
    heap.floats.set(right, b);
    gemmNaive(heap, FLOAT32)(c, a, b, m, n, k, n, k, n, 0, 0, 0);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let exact = 0;
        let magnitude = 0;
        for (let p = 0; p < k; p++) {
          const product = left[i * k + p]! * right[p * n + j]!;
          exact += product;
          magnitude += Math.abs(product);
        }
        const gamma = ((k + 1) * 2 ** -24) / (1 - (k + 1) * 2 ** -24);
        expect(Math.abs(heap.floats[c + i * n + j]! - exact)).toBeLessThanOrEqual(gamma * magnitude);
      }
    }
  });
});

describe('blockDepth', () => {
  it('cuts k into the fewest blocks of at most KC, as even as can be', () => {
    for (let k = 1; k <= 3000; k++) {
      const depth = blockDepth(k);
      const blocks = Math.ceil(k / depth);
      expect(depth, `k = ${k}`).toBeLessThanOrEqual(KC);
      expect(blocks, `k = ${k}`).toBe(Math.ceil(k / KC));
      expect(blocks * (depth - 1), `k = ${k}`).toBeLessThan(k);
    }
    expect(blockDepth(0)).toBe(0);
    expect(blockDepth(784)).toBe(392);
  });
});
