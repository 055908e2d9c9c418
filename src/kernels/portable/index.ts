/** The portable kernel set: complete, in plain TypeScript, the reference for the bits of every other set. */
import type { Kernels } from '../contract.ts';
import type { Heap } from '../heap.ts';
import { type Arithmetic, FLOAT32 } from './arithmetic.ts';
import { batchNormalization } from './batch-normalization.ts';
import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { elementwiseBackward } from './elementwise-backward.ts';
import { gemm } from './gemm.ts';
import { movement } from './movement.ts';
import { pooling } from './pooling.ts';
import { random } from './random.ts';
import { reductions } from './reductions.ts';
import { softmax } from './softmax.ts';
import { training } from './training.ts';

export function createPortableKernels(heap: Heap, arithmetic: Arithmetic = FLOAT32): Kernels {
  return {
    ...elementwise(heap, arithmetic),
    ...elementwiseBackward(heap, arithmetic),
    ...movement(heap, arithmetic),
    ...reductions(heap, arithmetic),
    ...gemm(heap, arithmetic),
    ...convolution(heap),
    ...pooling(heap),
    ...batchNormalization(heap, arithmetic),
    ...training(heap, arithmetic),
    ...softmax(heap, arithmetic),
    ...random(heap, arithmetic),
  };
}
