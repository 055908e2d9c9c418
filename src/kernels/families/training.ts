/** Binary cross-entropy from logits, and Adam. */
import { A, F, I } from '../arguments.ts';
import type { TrainingKernels } from '../contract.ts';
import type { KernelFamily } from '../family.ts';
import { training } from '../portable/training.ts';
import { register } from '../registry.ts';
import { kernelsOf } from '../runtime.ts';
import { training as emit } from '../simd/training.ts';
import { elements } from '../threads/split.ts';

export const TRAINING: KernelFamily<keyof TrainingKernels> = register({
  arguments: {
    sigmoidCrossEntropy: [A, A, A, I, I],
    sigmoidCrossEntropyBackward: [A, A, A, A, I, I, I],
    adam: [A, A, A, A, F, F, F, F, F, F, I],
  },
  portable: training,
  simd: emit,
  split: {
    adam: elements(10, [0, 1, 2, 3], 4),
  },
});

/** Its kernels on the runtime in use. */
export const trainingKernels = (): TrainingKernels => kernelsOf(TRAINING);
