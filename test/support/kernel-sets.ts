/** The kernel sets under test. A new set is one more entry here, and every test of test/kernels runs on it. */
import { createAllPortableKernels, createFullSimdSet } from '../../src/kernels/all.ts';
import type { Kernels } from '../../src/kernels/contract.ts';
import { Heap } from '../../src/kernels/heap.ts';

export interface KernelSet {
  readonly heap: Heap;
  readonly kernels: Kernels;
}

export interface NamedKernelSet {
  readonly name: string;
  create(): KernelSet;
}

function createHeap(shared = true): Heap {
  return new Heap({ memory: new WebAssembly.Memory({ initial: 256, maximum: 1024, shared }) });
}

export const KERNEL_SETS: readonly NamedKernelSet[] = [
  {
    name: 'portable',
    create() {
      const heap = createHeap();
      return { heap, kernels: createAllPortableKernels(heap) };
    },
  },
  {
    name: 'simd',
    create() {
      const heap = createHeap();
      return { heap, kernels: createFullSimdSet(heap).kernels };
    },
  },
  {
    name: 'simd on memory that is not shared',
    create() {
      const heap = createHeap(false);
      return { heap, kernels: createFullSimdSet(heap).kernels };
    },
  },
  {
    name: 'simd with a tile of 16 columns',
    create() {
      const heap = createHeap();
      return { heap, kernels: createFullSimdSet(heap, 16).kernels };
    },
  },
];
