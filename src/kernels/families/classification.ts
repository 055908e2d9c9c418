/** The softmax's cross-entropy. */
import { A, I } from '../arguments.ts';
import type { ClassificationKernels } from '../contract.ts';
import type { KernelFamily } from '../family.ts';
import { softmax } from '../portable/softmax.ts';
import { register } from '../registry.ts';
import { kernelsOf } from '../runtime.ts';
import { softmax as emit } from '../simd/softmax.ts';
import { argument, one, rows } from '../threads/split.ts';

export const CLASSIFICATION: KernelFamily<keyof ClassificationKernels> = register({
  arguments: {
    softmaxCrossEntropy: [A, A, A, I, I],
    softmaxCrossEntropyBackward: [A, A, A, A, I, I],
  },
  portable: softmax,
  simd: emit,
  split: {
    softmaxCrossEntropy: rows(3, 4, { 0: one, 1: argument(4), 2: one }, 6),
    softmaxCrossEntropyBackward: rows(4, 5, { 0: argument(5), 1: one, 2: argument(5), 3: one }, 10),
  },
});

/** Its kernels on the runtime in use. */
export const classificationKernels = (): ClassificationKernels => kernelsOf(CLASSIFICATION);
