/**
 * The pool at work: any number of threads gives the bits of one thread; thousands of jobs in a row; growth of the
 * memory between jobs.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RuntimeError } from '../../../src/core/errors.ts';
import { Heap } from '../../../src/kernels/heap.ts';
import type { AnyKernel } from '../../../src/kernels/kernel.ts';
import { col2im } from '../../../src/kernels/library/col2im.ts';
import { gemm } from '../../../src/kernels/library/gemm.ts';
import { im2col } from '../../../src/kernels/library/im2col.ts';
import { maxPooling2d, maxPooling2dBackward, maxPooling2dPick } from '../../../src/kernels/library/max-pooling.ts';
import { tanh } from '../../../src/kernels/library/unary.ts';
import { COMPLETED, CONTROL_BYTES } from '../../../src/kernels/threads/jobs.ts';
import { ThreadPool } from '../../../src/kernels/threads/pool.ts';
import { growOnePage } from '../../support/growth.ts';
import { caseOf, gemmCase } from '../../support/kernel-cases.ts';
import { KERNELS, simdSet } from '../../support/kernel-sets.ts';
import { Operands } from '../../support/operands.ts';
import { createPool, SMALLEST_JOB, type TestPool } from '../../support/pools.ts';
import { firstUnequal, Twins } from '../../support/twins.ts';

const CAPACITY = 1 << 19;
const SPLIT = KERNELS.filter(({ rule }) => rule !== undefined);

/** Kernels whose rows become images: many small ones. */
const ON_WINDOWS: readonly AnyKernel[] = [im2col, col2im, maxPooling2d, maxPooling2dBackward, maxPooling2dPick];

/** Rows and columns of a call that is certainly cut, with a smaller last part. */
function largeSize(kernel: AnyKernel): readonly [rows: number, columns: number] {
  if (kernel === gemm) return [130, 197];
  if (ON_WINDOWS.includes(kernel)) return [1031, 17];
  return caseOf(kernel).rank === 1 ? [1, SMALLEST_JOB + 1003] : [61, 521];
}

describe.each([1, 2, 3, 4])('a pool of %i threads', (threads) => {
  let test: TestPool;
  let twins: Twins;
  const operands = new Operands(CAPACITY);
  beforeAll(async () => {
    test = createPool(threads);
    twins = new Twins(test.heap, CAPACITY);
    await test.pool.ready();
  });
  afterAll(() => test.pool.close());

  it('has that number of threads', () => {
    expect(test.pool.size).toBe(threads);
    expect([...test.pool.kernels.keys()]).toEqual(KERNELS);
  });

  it.each(SPLIT)('$name: a large call has the bits of one thread', (kernel) => {
    const { variants, build } = caseOf(kernel);
    const [rows, columns] = largeSize(kernel);
    const { heap, set, chunks } = test;
    let cut = 0;
    for (let variant = 0; variant < variants; variant += Math.max(1, Math.floor(variants / 12))) {
      const args = build(operands.begin(variant), rows, columns, variant);
      heap.ints[test.pool.control + COMPLETED / 4] = 0;
      twins.compareSets(
        set.kernels,
        test.pool.kernels,
        kernel,
        operands,
        args,
        `${threads} threads, variant ${variant}`,
      );
      if (chunks() > 0) cut++;
    }
    // Only the larger depths of gemm are enough work.
    expect(cut > 0).toBe(threads > 1);
  });

  it('gemm: the sizes of a step in all eight cases, and long ones', () => {
    const sizes = [
      [256, 100, 256],
      [64, 784, 32],
      [784, 64, 33],
      [1, 4096, 64],
      [4097, 1, 64],
      [17, 1500, 9],
    ] as const;
    for (const [m, n, k] of sizes) {
      for (let flags = 0; flags < 8; flags++) {
        operands.begin(flags);
        const args = gemmCase(
          operands,
          m,
          n,
          k,
          [flags & 1, (flags >> 1) & 1, flags >> 2] as [0 | 1, 0 | 1, 0 | 1],
          flags % 3,
          0,
        );
        twins.compareSets(
          test.set.kernels,
          test.pool.kernels,
          gemm,
          operands,
          args,
          `${m} x ${n} x ${k}, flags ${flags}, ${threads} threads`,
        );
      }
    }
  });

  it('the memory may grow between any two jobs', () => {
    for (let turn = 0; turn < 12; turn++) {
      const args = caseOf(tanh).build(operands.begin(turn), 1, SMALLEST_JOB + turn, 0);
      const before = test.heap.memory.buffer;
      growOnePage(test.heap);
      expect(test.heap.memory.buffer).not.toBe(before);
      twins.compareSets(test.set.kernels, test.pool.kernels, tanh, operands, args, `turn ${turn}`);
    }
  });

  it('10,000 small jobs on both sides of the smallest that is cut', () => {
    const { heap, alone, spread } = test;
    const most = SMALLEST_JOB + 100;
    const [x, got, expected] = [heap.allocate(most), heap.allocate(most), heap.allocate(most)];
    alone.randomNormal(x, 1, 2, 0, 0, 0, 0, 1, most);
    for (let job = 0; job < 10_000; job++) {
      // Slope and count change, so each job writes other values and a job that was skipped is detected.
      const count = SMALLEST_JOB - 50 + (job % 100);
      const slope = job / 1000;
      if (job % 4 === 0) {
        heap.floats[x + ((job * 131) % count)] = Number.NaN;
        const found = spread.countNonFinite(x, count);
        if (found !== alone.countNonFinite(x, count)) throw new Error(`job ${job}: ${found} were found`);
        continue;
      }
      spread.leakyRelu(got, x, slope, count);
      if (job % 16 !== 1) continue;
      alone.leakyRelu(expected, x, slope, count);
      const at = firstUnequal(heap.ints.subarray(got, got + count), heap.ints.subarray(expected, expected + count));
      if (at !== undefined) throw new Error(`job ${job} of ${count}: element ${at} differs`);
    }
    for (const address of [x, got, expected]) heap.free(address, most);
  });
});

describe('a pool', () => {
  it('runs a large job with a single row, which cannot be cut, on one thread', async () => {
    const { heap, alone, spread, pool, chunks } = createPool(2);
    await pool.ready();
    const columns = 8 * SMALLEST_JOB;
    const [x, got, expected] = [heap.allocate(columns), heap.allocate(1), heap.allocate(1)];
    alone.randomNormal(x, 1, 2, 0, 0, 0, 0, 1, columns);
    alone.sumRows(expected, x, 1, columns, columns);
    spread.sumRows(got, x, 1, columns, columns);
    expect(heap.floats[got]).toBe(heap.floats[expected]);
    expect(chunks()).toBe(0);
    pool.close();
  });

  it('needs shared memory', () => {
    const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 256 }) });
    const start = (): never => {
      throw new Error('a worker was started');
    };
    expect(() => new ThreadPool(heap, simdSet(heap).simd, 2, start)).toThrow(RuntimeError);
  });

  it('that is closed continues on the calling thread, and frees the blocks of its workers', async () => {
    const { heap, set, alone, spread, pool } = createPool(4);
    const withWorkers = heap.usage();
    await pool.ready();
    pool.close();
    expect(pool.size).toBe(1);
    const x = heap.allocate(40_000);
    alone.fill(x, 2, 40_000);
    spread.square(x, x, 40_000);
    expect(Array.from(heap.floats.subarray(x, x + 40_000)).every((value) => value === 4)).toBe(true);
    heap.free(x, 40_000);
    // Three workspaces and the control block, in whole cache lines.
    const returned = 64 * (3 * Math.ceil(set.workspaceBytes / 64) + Math.ceil(CONTROL_BYTES / 64));
    await expect.poll(() => heap.usage().usedBytes, { timeout: 10_000 }).toBe(withWorkers.usedBytes - returned);
    expect(heap.usage().blocks).toBe(withWorkers.blocks - 4);
  });

  it('that is closed before its workers have started is still ready', async () => {
    const { pool } = createPool(3);
    pool.close();
    await pool.ready();
    expect(pool.size).toBe(1);
  });
});
