/**
 * The portable kernels in float64: the same code with round = identity, on a heap of doubles. Central differences are
 * useless in float32, where they lose half of the digits; in float64 ten digits are left.
 */

import type { Tensor } from '../../src/autograd/tensor.ts';
import { normalQuantile } from '../../src/core/elementary.ts';
import { Heap } from '../../src/kernels/heap.ts';
import type { Runtime } from '../../src/kernels/runtime.ts';
import type { Arithmetic } from '../../src/kernels/sets.ts';
import { portableSet } from './kernel-sets.ts';

export const FLOAT64: Arithmetic = {
  round: (x) => x,
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  // Both tails keep their relative accuracy.
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  normalQuantile,
};

export function createFloat64Runtime(): Runtime {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 4096, shared: true });
  const heap = new Heap({ memory, precision: 'float64' });
  return { heap, kernels: portableSet(heap, FLOAT64).set };
}

/** The values of a tensor in the precision of its heap; `data` would round them to float32. */
export function valuesOf(x: Tensor): Float64Array {
  return Float64Array.from(x.storage.heap.floats.subarray(x.address, x.address + x.size));
}
