/** The kernel sets under test. A new set is one more entry here, and every test of test/kernels runs on it. */
import type { Kernels } from '../../src/kernels/contract.ts';
import { Heap } from '../../src/kernels/heap.ts';
import { createPortableKernels } from '../../src/kernels/portable/index.ts';
import { createSimdSet } from '../../src/kernels/simd/index.ts';

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
      return { heap, kernels: createPortableKernels(heap) };
    },
  },
  {
    name: 'simd',
    create() {
      const heap = createHeap();
      return { heap, kernels: createSimdSet(heap).kernels };
    },
  },
  {
    name: 'simd on memory that is not shared',
    create() {
      const heap = createHeap(false);
      return { heap, kernels: createSimdSet(heap).kernels };
    },
  },
  {
    name: 'simd with a tile of 16 columns',
    create() {
      const heap = createHeap();
      return { heap, kernels: createSimdSet(heap, 16).kernels };
    },
  },
];
