/**
 * The portable kernels in float64: the same code with round = identity, on a heap of doubles. Central differences are
 * useless in float32, where they lose half of the digits; in float64 ten digits are left.
 */

import type { Tensor } from '../../src/autograd/tensor.ts';
import { normalQuantile } from '../../src/core/elementary.ts';
import { erf, expm1, log1p, pow } from '../../src/core/exponentials.ts';
import { atan, cos, sin } from '../../src/core/trigonometry.ts';
import { Heap } from '../../src/kernels/heap.ts';
import type { Runtime } from '../../src/kernels/runtime.ts';
import type { Arithmetic } from '../../src/kernels/sets.ts';
import { portableSet } from './kernel-sets.ts';

/** erf(x) = 2 / sqrt(pi) e^(-x^2) sum over n of 2^n x^(2n + 1) / (1 3 5 ... (2n + 1)), whose terms have one sign. */
export function erf64(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; n < 150; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

const ENGINES_OWN: ReadonlyMap<unknown, (...args: number[]) => number> = new Map<
  unknown,
  (...args: number[]) => number
>([
  [sin, Math.sin],
  [cos, Math.cos],
  [atan, Math.atan],
  [expm1, Math.expm1],
  [log1p, Math.log1p],
  [erf, erf64],
  [pow, Math.pow],
]);

const FLOAT64: Arithmetic = {
  round: (x) => x,
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  // Both tails keep their relative accuracy.
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  normalQuantile,
  own: <F extends (...args: number[]) => number>(of: F) => (ENGINES_OWN.get(of) ?? of) as F,
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
