/** Counts kernel calls. */
import { KERNEL_NAMES } from '../../src/kernels/all.ts';
import type { KernelName, Kernels } from '../../src/kernels/contract.ts';
import { runtime, withRuntime } from '../../src/kernels/runtime.ts';

export type KernelCounts = Readonly<Partial<Record<KernelName, number>>>;

/** The result of `body`, and how often it called each kernel; those never called are left out. */
export function countKernels<T>(body: () => T): { result: T; counts: KernelCounts } {
  const { heap, kernels } = runtime();
  const counts: Partial<Record<KernelName, number>> = {};
  const spied = Object.fromEntries(
    KERNEL_NAMES.map((name) => {
      const kernel = kernels[name] as (...args: number[]) => number | undefined;
      return [
        name,
        (...args: number[]) => {
          counts[name] = (counts[name] ?? 0) + 1;
          return kernel(...args);
        },
      ];
    }),
  ) as Record<KernelName, unknown> as Kernels;
  return { result: withRuntime({ heap, kernels: spied }, body), counts };
}
