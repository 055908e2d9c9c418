/**
 * The signatures of the contract as data, for emitting WebAssembly, for passing jobs to threads and for the twin tests.
 * The compiler rejects a kernel without one, and a list of the wrong length.
 */
import type { KernelName, Kernels, WindowGeometry } from './contract.ts';

/** What an argument is: an address, a whole number (int32), or a float32. */
export type ArgumentKind = 'address' | 'integer' | 'float';

const A = 'address';
const I = 'integer';
const F = 'float';
const WINDOW: ArgumentKinds<WindowGeometry> = [I, I, I, I, I, I, I, I, I, I, I];

export const KERNEL_ARGUMENTS: { readonly [K in KernelName]: ArgumentKinds<Parameters<Kernels[K]>> } = {
  add: [A, A, A, I, I, I, I, I, I],
  sub: [A, A, A, I, I, I, I, I, I],
  mul: [A, A, A, I, I, I, I, I, I],
  div: [A, A, A, I, I, I, I, I, I],
  neg: [A, A, I],
  square: [A, A, I],
  sqrt: [A, A, I],
  exp: [A, A, I],
  log: [A, A, I],
  abs: [A, A, I],
  tanh: [A, A, I],
  sigmoid: [A, A, I],
  relu: [A, A, I],
  leakyRelu: [A, A, F, I],
  clip: [A, A, F, F, I],
  absBackward: [A, A, A, I],
  tanhBackward: [A, A, A, I],
  sigmoidBackward: [A, A, A, I],
  reluBackward: [A, A, A, I],
  leakyReluBackward: [A, A, A, F, I],
  clipBackward: [A, A, A, F, F, I],
  fill: [A, F, I],
  copy: [A, A, I, I, I, I, I],
  sumRows: [A, A, I, I, I],
  sumColumns: [A, A, I, I, I],
  countNonFinite: [A, I],
  gemm: [A, A, A, I, I, I, I, I, I, I, I, I],
  im2col: [A, A, I, I, ...WINDOW],
  col2im: [A, A, I, I, ...WINDOW],
  maxPooling2d: [A, A, I, I, ...WINDOW],
  maxPooling2dBackward: [A, A, A, I, ...WINDOW],
  moments: [A, A, A, I, I, I],
  inverseStddev: [A, A, F, I],
  movingAverage: [A, A, F, F, I],
  batchNormalize: [A, A, A, A, A, A, F, I, I],
  batchNormalizeSums: [A, A, A, A, A, A, A, A, F, I, I, I],
  batchNormalizeBackward: [A, A, A, A, A, A, A, A, A, F, F, I, I],
  sigmoidCrossEntropy: [A, A, A, I, I],
  sigmoidCrossEntropyBackward: [A, A, A, A, I, I, I],
  softmaxCrossEntropy: [A, A, A, I, I],
  softmaxCrossEntropyBackward: [A, A, A, A, I, I],
  adam: [A, A, A, A, F, F, F, F, F, F, I],
  gatherBytes: [A, A, A, F, F, I, I],
  randomUniform: [A, I, I, I, I, I, F, F, I],
  randomNormal: [A, I, I, I, I, I, F, F, I],
  dropout: [A, A, A, F, F, I],
};

type ArgumentKinds<P extends readonly unknown[]> = { readonly [I in keyof P]: ArgumentKind };

export const KERNEL_NAMES: readonly KernelName[] = Object.keys(KERNEL_ARGUMENTS) as KernelName[];
