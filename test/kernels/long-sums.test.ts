/**
 * Sums that are longer than one chain of src/kernels/summation.ts: their order, bit for bit, against the reference;
 * their error against float64; and counts that float32 does not hold.
 */
import { describe, expect, it } from 'vitest';
import { Heap } from '../../src/kernels/heap.ts';
import type { KernelFunction } from '../../src/kernels/kernel.ts';
import { additions, CHAIN } from '../../src/kernels/summation.ts';
import { caseOf } from '../support/kernel-cases.ts';
import { type KernelName, kernelNamed, portableSet, simdSet } from '../support/kernel-sets.ts';
import { Operands } from '../support/operands.ts';
import { hashedFloats } from '../support/reference.ts';
import { invoke, Twins } from '../support/twins.ts';
import { referenceKernels } from './reference.ts';

const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 256, maximum: 2048, shared: true }) });
const SETS = [
  ['portable', portableSet(heap)],
  ['SIMD', simdSet(heap)],
] as const;

/** Around the ends of a chain and of a block of chains. */
const LENGTHS = [1, -1, 0, 3].flatMap((more) => [CHAIN + more, 2 * CHAIN + more, CHAIN * CHAIN + more]);
const LONGEST = CHAIN * CHAIN + 5 * CHAIN + 7;

/** Sums down the rows: [rows, columns]; the columns are a group of vectors, a vector and a rest. */
const DOWN_ROWS = [...LENGTHS.map((rows) => [rows, rows > 1000 ? 5 : 39] as const), [LONGEST, 3] as const];
/** Sums along a row in four lanes: [rows, columns]. */
const ALONG_ROWS = [...LENGTHS, LONGEST].flatMap((length) =>
  [0, 1, 2, 3].map((rest) => [1, 4 * length + rest] as const),
);

const SIZES: readonly (readonly [KernelName, readonly (readonly [number, number])[]])[] = [
  ['sumColumns', DOWN_ROWS],
  ['moments', DOWN_ROWS],
  ['batchNormalizeSums', DOWN_ROWS],
  ['sumRows', ALONG_ROWS],
  ['sigmoidCrossEntropy', ALONG_ROWS],
  ['softmaxCrossEntropy', ALONG_ROWS.filter(([, classes]) => classes < 10_000)],
  ['softmaxCrossEntropyBackward', ALONG_ROWS.filter(([, classes]) => classes < 10_000)],
];

describe('sums of several chains have the order of the contract', () => {
  const capacity = 3_000_000;
  const twins = new Twins(heap, capacity);
  const operands = new Operands(capacity);

  it.each(SIZES)('%s', (name, sizes) => {
    const kernel = kernelNamed(name);
    for (const [salt, [rows, columns]] of sizes.entries()) {
      const args = caseOf(kernel).build(operands.begin(salt), rows, columns, 0);
      const reference = referenceKernels(heap.floats as Float32Array)[name] as KernelFunction;
      for (const [label, { set }] of SETS) {
        const what = `${label}, rows ${rows}, columns ${columns}`;
        const expected = (all: readonly number[]): undefined => void reference(...all);
        twins.compare(kernel, operands, args, expected, (all) => invoke(set, kernel, all), what);
      }
    }
  });
});

describe.each(SETS)('over a million rows the %s kernels stay within the error bound', (_, { kernels }) => {
  const rows = 1_000_000;
  /** gamma(k) = k u / (1 - k u), with u = 2^-24. */
  const gamma = (k: number): number => (k * 2 ** -24) / (1 - k * 2 ** -24);
  const exactSum = (of: (i: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += of(i);
    return sum;
  };
  const withValues = (
    low: number,
    high: number,
    body: (x: number, out: number, values: Float32Array) => void,
  ): void => {
    const [x, out] = [heap.allocate(rows), heap.allocate(16)];
    const values = hashedFloats(rows, 7, low, high);
    (heap.floats as Float32Array).set(values, x);
    body(x, out, values);
    heap.free(x, rows);
    heap.free(out, 16);
  };

  it.each([
    [0, 1],
    [-1, 1],
    [100, 101],
  ])('sums of numbers in [%d, %d)', (low, high) => {
    withValues(low, high, (x, out, values) => {
      const exact = exactSum((i) => values[i]!);
      const magnitude = exactSum((i) => Math.abs(values[i]!));
      kernels.sumColumns(out, x, rows, 1, 1);
      expect(Math.abs(heap.floats[out]! - exact)).toBeLessThanOrEqual(gamma(additions(rows)) * magnitude);
      kernels.sumRows(out, x, 1, rows, rows);
      // Two more additions join the lanes.
      expect(Math.abs(heap.floats[out]! - exact)).toBeLessThanOrEqual(gamma(additions(rows / 4) + 2) * magnitude);
    });
  });

  it.each([
    [-1, 1],
    [0, 1],
    [100, 101],
  ])('mean and variance of numbers in [%d, %d)', (low, high) => {
    withValues(low, high, (x, out, values) => {
      const mean = exactSum((i) => values[i]!) / rows;
      const variance = exactSum((i) => (values[i]! - mean) ** 2) / rows;
      const magnitude = exactSum((i) => Math.abs(values[i]!)) / rows;
      kernels.moments(out, out + 1, x, rows, 1, 1);
      const [gotMean, gotVariance] = [heap.floats[out]!, heap.floats[out + 1]!];
      const k = additions(rows);
      // The mean has one more rounding: the division. The variance has four more: the difference counts twice, the
      // square and the division.
      expect(Math.abs(gotMean - mean)).toBeLessThanOrEqual(gamma(k + 1) * magnitude);
      const offset = (gotMean - mean) ** 2;
      expect(Math.abs(gotVariance - variance)).toBeLessThanOrEqual(gamma(k + 4) * (variance + offset) + offset);
      // Measured: 1e-7 and better.
      expect(Math.abs(gotVariance / variance - 1)).toBeLessThan(1e-6);
    });
  });

  it('the sums of a batch normalisation backwards', () => {
    withValues(0, 1, (x, out, values) => {
      const vectors = heap.allocate(64);
      const [mean, inverse, scale, shift] = [vectors, vectors + 16, vectors + 32, vectors + 48];
      for (const [address, value] of [
        [mean, 0],
        [inverse, 1],
        [scale, 1],
        [shift, 1],
      ] as const)
        heap.floats[address] = value;
      kernels.batchNormalizeSums(out, out + 1, x, x, mean, inverse, scale, shift, 1, rows, 1, 1);
      const k = additions(rows);
      const [dgamma, dbeta] = [exactSum((i) => values[i]! ** 2), exactSum((i) => values[i]!)];
      expect(Math.abs(heap.floats[out]! - dgamma)).toBeLessThanOrEqual(gamma(k + 1) * dgamma);
      expect(Math.abs(heap.floats[out + 1]! - dbeta)).toBeLessThanOrEqual(gamma(k) * dbeta);
      heap.free(vectors, 64);
    });
  });
});

describe.each(SETS)('the %s kernels round a count above 2^24 to float32 before they divide', (_, { kernels }) => {
  const count = 2 ** 24 + 1;

  it('moments', () => {
    const [x, out] = [heap.allocate(count), heap.allocate(16)];
    kernels.fill(x, 1, count);
    kernels.moments(out, out + 1, x, count, 1, 1);
    // The sum is 2^24, as near as float32 comes, and so is the count.
    expect(heap.floats[out]).toBe(1);
    expect(heap.floats[out + 1]).toBe(0);
    heap.free(x, count);
    heap.free(out, 16);
  });

  it('sigmoidCrossEntropy', () => {
    const [x, out] = [heap.allocate(count), heap.allocate(16)];
    // Each loss is 64, the sum 2^30.
    kernels.fill(x, 64, count);
    heap.floats[out + 1] = 0;
    kernels.sigmoidCrossEntropy(out, x, out + 1, 0, count);
    expect(heap.floats[out]).toBe(64);
    heap.free(x, count);
    heap.free(out, 16);
  });

  it('sigmoidCrossEntropyBackward', () => {
    const out = heap.allocate(16);
    const [dz, dy, logits, labels] = [out, out + 1, out + 2, out + 3];
    heap.floats.set([0, 1, 0, 0], out);
    kernels.sigmoidCrossEntropyBackward(dz, dy, logits, labels, 0, count, 1);
    expect(heap.floats[dz]).toBe(2 ** -25);
    heap.free(out, 16);
  });
});
