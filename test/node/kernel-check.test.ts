/** The check of kernels on their samples: it passes all of them, and for each it finds a SIMD body that does nothing. */
import { describe, expect, it } from 'vitest';
import type { AnyKernel } from '../../src/kernels/kernel.ts';
import { differingKernels } from '../../src/node/kernel-check.ts';
import { i32 } from '../../src/wasm/index.ts';
import { KERNELS } from '../support/kernel-sets.ts';

describe('the check of kernels', () => {
  it.each([8, 16] as const)('finds no difference with a tile of %i columns', (tileColumns) => {
    expect(differingKernels(KERNELS, tileColumns).map(({ name }) => name)).toEqual([]);
  });

  it.each(KERNELS)('finds $name if its SIMD body does nothing', (kernel) => {
    const idle: AnyKernel = { ...kernel, simd: () => (kernel.result === 'i32' ? i32.const(-1) : undefined) };
    expect(differingKernels([idle], 8)).toEqual([idle]);
  });
});
