/** Memory that grows, by one page at a time, whenever a kernel is called. */
import { KERNEL_NAMES } from '../../src/kernels/all.ts';
import type { KernelCall, KernelCalls, Kernels } from '../../src/kernels/contract.ts';
import type { Heap } from '../../src/kernels/heap.ts';

const PAGE = 65_536;

/** Grows by one page only: growNow() alone takes an eighth more each time. */
export function growOnePage(heap: Heap): void {
  const { limitBytes } = heap;
  heap.limitBytes = heap.memory.buffer.byteLength + PAGE;
  heap.growNow();
  heap.limitBytes = limitBytes;
}

/** The same kernels, each of which finds a larger memory than its caller did. */
export function growingKernels(heap: Heap, kernels: Kernels): KernelCalls {
  const growing = {} as KernelCalls;
  for (const name of KERNEL_NAMES) {
    const kernel = kernels[name] as KernelCall;
    growing[name] = (...args) => {
      growOnePage(heap);
      return kernel(...args);
    };
  }
  return growing;
}
