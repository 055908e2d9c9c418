/** Wraps kernels so that each call is timed and recorded. */
import { KERNEL_NAMES } from '../src/kernels/all.ts';
import type { KernelCall, KernelCalls, KernelName, Kernels } from '../src/kernels/contract.ts';
import type { GemmSize, TransposeCase } from './gemm-sizes.ts';

export interface Call {
  readonly kernel: KernelName;
  readonly args: readonly number[];
  /** Milliseconds. */
  readonly time: number;
}

/** Kernels that time each call and add it to `calls`. */
export function recording(kernels: Kernels, calls: Call[]): KernelCalls {
  const recorded = {} as KernelCalls;
  for (const kernel of KERNEL_NAMES) {
    const call = kernels[kernel] as KernelCall;
    recorded[kernel] = (...args) => {
      const start = performance.now();
      const result = call(...args);
      calls.push({ kernel, args, time: performance.now() - start });
      return result;
    };
  }
  return recorded;
}

/**
 * Size and case of a recorded gemm: its arguments are c, a, b, m, n, k, three strides, transposeA, transposeB,
 * accumulate.
 */
export function gemmOf({ args }: Call): GemmSize & { readonly transposes: TransposeCase } {
  const transposes = `${args[9] === 1 ? 'T' : 'N'}${args[10] === 1 ? 'T' : 'N'}` as const;
  return { m: args[3]!, k: args[5]!, n: args[4]!, transposes };
}
