/** Batch normalisation, fused with the LeakyReLU that follows it. */
import { A, F, I } from '../arguments.ts';
import type { NormalizationKernels } from '../contract.ts';
import type { KernelFamily } from '../family.ts';
import { batchNormalization } from '../portable/batch-normalization.ts';
import { register } from '../registry.ts';
import { kernelsOf } from '../runtime.ts';
import { batchNormalization as emit } from '../simd/batch-normalization.ts';
import { argument, columns, rows } from '../threads/split.ts';

export const NORMALIZATION: KernelFamily<keyof NormalizationKernels> = register({
  arguments: {
    moments: [A, A, A, I, I, I],
    inverseStddev: [A, A, F, I],
    movingAverage: [A, A, F, F, I],
    batchNormalize: [A, A, A, A, A, A, F, I, I],
    batchNormalizeSums: [A, A, A, A, A, A, A, A, F, I, I, I],
    batchNormalizeBackward: [A, A, A, A, A, A, A, A, A, F, F, I, I],
  },
  portable: batchNormalization,
  simd: emit,
  split: {
    moments: columns(4, 3, [0, 1, 2], 2),
    batchNormalize: rows(7, 8, { 0: argument(8), 1: argument(8) }, 2),
    batchNormalizeSums: columns(10, 9, [0, 1, 2, 3, 4, 5, 6, 7], 3),
    batchNormalizeBackward: rows(11, 12, { 0: argument(12), 1: argument(12), 2: argument(12) }, 3),
  },
});

/** Its kernels on the runtime in use. */
export const normalizationKernels = (): NormalizationKernels => kernelsOf(NORMALIZATION);
