/** Wraps kernels so that each call is timed and recorded. */
import type { KernelSet } from '../src/kernels/sets.ts';
import type { GemmSize, TransposeCase } from './gemm-sizes.ts';

export interface Call {
  /** The kernel's name. */
  readonly kernel: string;
  readonly args: readonly number[];
  /** Milliseconds. */
  readonly time: number;
}

/** Kernels that time each call and add it to `calls`. */
export function recording(kernels: KernelSet, calls: Call[]): KernelSet {
  const recorded: KernelSet = new Map();
  for (const [kernel, run] of kernels) {
    recorded.set(kernel, (...args) => {
      const start = performance.now();
      const result = run(...args);
      calls.push({ kernel: kernel.name, args, time: performance.now() - start });
      return result;
    });
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
