/** The kernel sets under test. A new set is one more entry here, and every test of test/kernels runs on it. */
import type { Kernels } from '../../src/kernels/contract.ts';
import { Heap } from '../../src/kernels/heap.ts';
import { createPortableKernels } from '../../src/kernels/portable/index.ts';

export interface KernelSet {
  readonly heap: Heap;
  readonly kernels: Kernels;
}

export interface NamedKernelSet {
  readonly name: string;
  create(): KernelSet;
}

export const KERNEL_SETS: readonly NamedKernelSet[] = [
  {
    name: 'portable',
    create() {
      const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 256, maximum: 1024, shared: true }) });
      return { heap, kernels: createPortableKernels(heap) };
    },
  },
];
