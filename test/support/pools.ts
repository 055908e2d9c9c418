/** Thread pools for tests, separate from the program's runtime. */
import { Heap } from '../../src/kernels/heap.ts';
import type { SimdSet } from '../../src/kernels/sets.ts';
import { COMPLETED } from '../../src/kernels/threads/jobs.ts';
import { ThreadPool } from '../../src/kernels/threads/pool.ts';
import { findThreads, type StartThread } from '../../src/kernels/threads/worker.ts';
import { byName, type Kernels, simdSet } from './kernel-sets.ts';

/** Smallest job that the pool cuts, in elements of an elementwise kernel: SMALLEST_JOB of threads/pool.ts. */
export const SMALLEST_JOB = 16_384;

export interface TestPool {
  readonly heap: Heap;
  readonly set: SimdSet;
  readonly pool: ThreadPool;
  /** The kernels on one thread, and on those of the pool. */
  readonly alone: Kernels;
  readonly spread: Kernels;
  /** Chunks of the last job that was cut. */
  chunks(): number;
}

export function createPool(
  threads: number,
  start: StartThread | undefined = findThreads(),
  patience: readonly [number, number] = [1500, 10_000],
): TestPool {
  if (start === undefined) throw new Error('there are no threads here');
  const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 256, maximum: 2048, shared: true }) });
  const { simd: set, kernels: alone } = simdSet(heap);
  const pool = new ThreadPool(heap, set, threads, start, patience);
  return {
    heap,
    set,
    pool,
    alone,
    spread: byName(pool.kernels),
    chunks: () => heap.ints[pool.control + COMPLETED / 4]!,
  };
}
