/**
 * Workers that are frozen for longer than the pool waits, and then wake up: nothing that they write reaches a tensor.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RuntimeError } from '../../../src/core/errors.ts';
import type { Address } from '../../../src/kernels/kernel.ts';
import { gemm } from '../../../src/kernels/library/gemm.ts';
import type { KernelSet } from '../../../src/kernels/sets.ts';
import { CONTROL_BYTES } from '../../../src/kernels/threads/jobs.ts';
import { ThreadPool } from '../../../src/kernels/threads/pool.ts';
import { findThreads } from '../../../src/kernels/threads/worker.ts';
import { frozenWorker } from '../../support/frozen-workers.ts';
import { createPool, type TestPool } from '../../support/pools.ts';
import { hashedFloats } from '../../support/reference.ts';
import { thrownBy } from '../../support/thrown.ts';
import { firstUnequal } from '../../support/twins.ts';

afterEach(() => vi.restoreAllMocks());

const SIDE = 160;
const SIZE = SIDE * SIDE;
const PATIENCE = [200, 10_000] as const;

/** c = a b, and the correct values. */
class Product {
  readonly c: Address;
  readonly #test: TestPool;
  readonly #a: Address;
  readonly #b: Address;
  readonly #expected: Float32Array;

  constructor(test: TestPool) {
    const { heap, set } = test;
    this.#test = test;
    [this.c, this.#a, this.#b] = [heap.allocate(SIZE), heap.allocate(SIZE), heap.allocate(SIZE)];
    heap.floats.set(hashedFloats(SIZE, 1), this.#a);
    heap.floats.set(hashedFloats(SIZE, 2), this.#b);
    this.run(set.kernels);
    this.#expected = Float32Array.from(heap.floats.subarray(this.c, this.c + SIZE));
  }

  run(kernels: KernelSet): void {
    kernels.get(gemm)!(this.c, this.#a, this.#b, SIDE, SIDE, SIDE, SIDE, SIDE, SIDE, 0, 0, 0);
  }

  /** Runs jobs until the frozen worker has taken a chunk, which must end in the typed error. */
  lose(pool: ThreadPool): RuntimeError {
    return thrownBy(RuntimeError, () => {
      const begin = performance.now();
      while (performance.now() < begin + 10_000) this.run(pool.kernels);
    });
  }

  check(): void {
    const { heap } = this.#test;
    const got = heap.floats.subarray(this.c, this.c + SIZE);
    expect(firstUnequal(new Int32Array(got.slice().buffer), new Int32Array(this.#expected.buffer))).toBeUndefined();
  }
}

describe('a worker that wakes up after it was lost', () => {
  it('does not change its operands, which are still in use', async () => {
    const frozen = frozenWorker('with a chunk');
    const test = createPool(3, frozen.start, PATIENCE);
    const { pool, set } = test;
    await pool.ready();
    const product = new Product(test);
    expect(product.lose(pool).message).toMatch(/^threads: a worker was lost: 1 of 3 parts/);
    expect(frozen.isFrozen()).toBe(true);
    // The output of the job stays as long as the program needs it, and is computed again.
    product.run(pool.kernels);
    product.check();
    await frozen.release();
    product.check();
    product.run(set.kernels);
    product.check();
  });

  it('does not change the tensors that reuse the blocks of its freed operands', async () => {
    const frozen = frozenWorker('with a chunk');
    const test = createPool(3, frozen.start, PATIENCE);
    const { heap, pool } = test;
    await pool.ready();
    const product = new Product(test);
    product.lose(pool);
    heap.free(product.c, SIZE);
    const next = heap.allocate(SIZE);
    expect(next).toBe(product.c);
    heap.floats.fill(7, next, next + SIZE);
    await frozen.release();
    expect(heap.floats.subarray(next, next + SIZE).every((value) => value === 7)).toBe(true);
  });

  it('is followed by another pool, whose worker is lost too', async () => {
    const test = createPool(1);
    const { heap, set } = test;
    const product = new Product(test);
    const { blocks } = heap.usage();
    const all = [frozenWorker('with a chunk'), frozenWorker('with a chunk'), frozenWorker('with a chunk')];
    for (const frozen of all) {
      const pool = new ThreadPool(heap, set, 3, frozen.start, PATIENCE);
      await pool.ready();
      product.lose(pool);
      // No worker uses the pool's blocks any more: they are freed at once.
      expect(heap.usage().blocks).toBe(blocks);
      product.run(pool.kernels);
      product.check();
    }
    for (const frozen of all) await frozen.release();
    product.check();
    const pool = new ThreadPool(heap, set, 3, findThreads()!);
    await pool.ready();
    product.run(pool.kernels);
    product.check();
    expect(pool.size).toBe(3);
    pool.close();
    await expect.poll(() => heap.usage().blocks).toBe(blocks);
  });

  it('without room for a second memory: the tensors cannot be used until the worker has ended', async () => {
    const frozen = frozenWorker('with a chunk');
    const test = createPool(3, frozen.start, PATIENCE);
    const { heap, pool, set } = test;
    await pool.ready();
    const product = new Product(test);
    const { memory } = heap;
    const full = new RangeError('could not allocate memory');
    vi.spyOn(WebAssembly, 'Memory').mockImplementation(function refuse() {
      throw full;
    });
    expect(product.lose(pool).message).toMatch(/^threads: a worker was lost/);
    vi.restoreAllMocks();
    const uses: (() => unknown)[] = [
      () => product.run(pool.kernels),
      () => product.run(set.kernels),
      () => heap.floats,
      () => heap.ints,
      () => heap.bytes,
      () => heap.view(product.c, SIZE),
      () => heap.allocate(1),
      () => new ThreadPool(heap, set, 2, findThreads()!),
    ];
    for (const use of uses) {
      const error = thrownBy(RuntimeError, use);
      expect(error.message).toMatch(/^memory: a lost worker may still write .* restart the program and resume/);
      expect(error.cause).toMatchObject({ cause: full });
    }
    const { blocks } = heap.usage();
    await frozen.release();
    // Two workspaces and the control block.
    await expect.poll(() => heap.usage().blocks).toBe(blocks - 3);
    expect(heap.memory).toBe(memory);
    product.run(pool.kernels);
    product.check();
    product.run(set.kernels);
    product.check();
  });
});

describe('a worker that is frozen while it starts', () => {
  it('does not delay the others, and does not enter work() when it wakes up', async () => {
    const frozen = frozenWorker('while it starts');
    const test = createPool(3, frozen.start, [200, 300]);
    const { heap, pool } = test;
    const { blocks } = heap.usage();
    await pool.ready();
    expect(pool.size).toBe(2);
    const product = new Product(test);
    product.run(pool.kernels);
    product.check();
    // Its workspace is not freed until it has ended; the product has three blocks.
    expect(heap.usage().blocks).toBe(blocks + 3);
    await frozen.release();
    await expect.poll(() => heap.usage().blocks).toBe(blocks + 2);
    product.run(pool.kernels);
    product.check();
    pool.close();
    await expect.poll(() => heap.usage().blocks).toBe(blocks);
  });

  it('keeps its blocks when the pool closes before it wakes up', async () => {
    const frozen = frozenWorker('while it starts');
    const { heap, pool } = createPool(2, frozen.start);
    const { usedBytes } = heap.usage();
    pool.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heap.usage().usedBytes).toBe(usedBytes);
    await frozen.release();
    await expect.poll(() => heap.usage().usedBytes).toBeLessThan(usedBytes - CONTROL_BYTES);
  });
});

it('a worker that started while the calling thread was busy counts, though its message comes late', async () => {
  const { pool } = createPool(3, findThreads(), [1500, 300]);
  const begin = performance.now();
  while (performance.now() < begin + 1000);
  await pool.ready();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(pool.size).toBe(3);
  pool.close();
});
