/** Counts kernel calls. */
import { runtime, withRuntime } from '../../src/kernels/runtime.ts';
import type { KernelSet } from '../../src/kernels/sets.ts';
import type { KernelName } from './kernel-sets.ts';

type KernelCounts = Readonly<Partial<Record<KernelName, number>>>;

/** The result of `body`, and the number of calls of each kernel. Kernels that were not called are omitted. */
export function countKernels<T>(body: () => T): { result: T; counts: KernelCounts } {
  const { heap, kernels } = runtime();
  const counts: Record<string, number> = {};
  const spied: KernelSet = new Map(kernels);
  for (const [kernel, run] of kernels) {
    spied.set(kernel, (...args) => {
      counts[kernel.name] = (counts[kernel.name] ?? 0) + 1;
      return run(...args);
    });
  }
  return { result: withRuntime({ heap, kernels: spied }, body), counts };
}
