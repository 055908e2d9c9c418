/** Thread pools of their own for tests, apart from the program's runtime. */
import { createFullSimdSet } from '../../src/kernels/all.ts';
import { Heap } from '../../src/kernels/heap.ts';
import type { SimdSet } from '../../src/kernels/simd/index.ts';
import { COMPLETED } from '../../src/kernels/simd/jobs.ts';
import { ThreadPool } from '../../src/kernels/threads/pool.ts';
import { findThreads, type StartThread } from '../../src/kernels/threads/worker.ts';

/** Smallest job that the pool cuts, in elements of an elementwise kernel: SMALLEST_JOB of threads/pool.ts. */
export const SMALLEST_JOB = 16_384;

export interface TestPool {
  readonly heap: Heap;
  readonly set: SimdSet;
  readonly pool: ThreadPool;
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
  const set = createFullSimdSet(heap);
  const pool = new ThreadPool(heap, set, threads, start, patience);
  return { heap, set, pool, chunks: () => heap.ints[pool.control + COMPLETED / 4]! };
}
