/**
 * The runtime: the heap and the kernel set in use, made when first needed. There is one for the whole program, since tensors of
 * different heaps could not meet in an operation.
 */
import type { Kernels } from './contract.ts';
import { Heap } from './heap.ts';
import { createMemory } from './memory.ts';
import { createPortableKernels } from './portable/index.ts';

export interface Runtime {
  readonly heap: Heap;
  readonly kernels: Kernels;
}

let current: Runtime | undefined;

export function runtime(): Runtime {
  current ??= createRuntime();
  return current;
}

export function heap(): Heap {
  return runtime().heap;
}

export function kernels(): Kernels {
  return runtime().kernels;
}

/** Runs `body` with another runtime: the float64 gradient checks and the kernel twins are tested so. */
export function withRuntime<T>(other: Runtime, body: () => T): T {
  const before = current;
  current = other;
  try {
    return body();
  } finally {
    current = before;
  }
}

function createRuntime(): Runtime {
  const heap = new Heap({ memory: createMemory() });
  return { heap, kernels: createPortableKernels(heap) };
}
