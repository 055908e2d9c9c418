/** Portable elementwise kernels. Storing into the Float32Array rounds; `round` stands only where a formula has a second operation. */
import type { Kernels } from '../contract.ts';
import type { Heap } from '../heap.ts';
import type { Arithmetic } from './arithmetic.ts';

type Names =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'neg'
  | 'square'
  | 'sqrt'
  | 'exp'
  | 'log'
  | 'abs'
  | 'tanh'
  | 'sigmoid'
  | 'relu'
  | 'leakyRelu'
  | 'clip';

export function elementwise(heap: Heap, arithmetic: Arithmetic): Pick<Kernels, Names> {
  const { round, exp, log, tanh, sigmoid } = arithmetic;
  return {
    add(out, a, b, rows, columns, aRowStep, aColumnStep, bRowStep, bColumnStep) {
      const f = heap.floats;
      for (let row = 0; row < rows; row++) {
        let i = a + row * aRowStep;
        let j = b + row * bRowStep;
        let o = out + row * columns;
        for (const end = o + columns; o < end; o++, i += aColumnStep, j += bColumnStep) f[o] = f[i]! + f[j]!;
      }
    },

    sub(out, a, b, rows, columns, aRowStep, aColumnStep, bRowStep, bColumnStep) {
      const f = heap.floats;
      for (let row = 0; row < rows; row++) {
        let i = a + row * aRowStep;
        let j = b + row * bRowStep;
        let o = out + row * columns;
        for (const end = o + columns; o < end; o++, i += aColumnStep, j += bColumnStep) f[o] = f[i]! - f[j]!;
      }
    },

    mul(out, a, b, rows, columns, aRowStep, aColumnStep, bRowStep, bColumnStep) {
      const f = heap.floats;
      for (let row = 0; row < rows; row++) {
        let i = a + row * aRowStep;
        let j = b + row * bRowStep;
        let o = out + row * columns;
        for (const end = o + columns; o < end; o++, i += aColumnStep, j += bColumnStep) f[o] = f[i]! * f[j]!;
      }
    },

    div(out, a, b, rows, columns, aRowStep, aColumnStep, bRowStep, bColumnStep) {
      const f = heap.floats;
      for (let row = 0; row < rows; row++) {
        let i = a + row * aRowStep;
        let j = b + row * bRowStep;
        let o = out + row * columns;
        for (const end = o + columns; o < end; o++, i += aColumnStep, j += bColumnStep) f[o] = f[i]! / f[j]!;
      }
    },

    neg(out, x, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) f[out + i] = -f[x + i]!;
    },

    square(out, x, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) f[out + i] = f[x + i]! * f[x + i]!;
    },

    sqrt(out, x, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) f[out + i] = Math.sqrt(f[x + i]!);
    },

    exp(out, x, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) f[out + i] = exp(f[x + i]!);
    },

    log(out, x, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) f[out + i] = log(f[x + i]!);
    },

    abs(out, x, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) f[out + i] = Math.abs(f[x + i]!);
    },

    tanh(out, x, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) f[out + i] = tanh(f[x + i]!);
    },

    sigmoid(out, x, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) f[out + i] = sigmoid(f[x + i]!);
    },

    relu(out, x, count) {
      const f = heap.floats;
      for (let i = 0; i < count; i++) f[out + i] = Math.max(f[x + i]!, 0);
    },

    leakyRelu(out, x, slope, count) {
      const f = heap.floats;
      const negativeSlope = round(slope);
      for (let i = 0; i < count; i++) {
        const value = f[x + i]!;
        f[out + i] = value > 0 ? value : negativeSlope * value;
      }
    },

    clip(out, x, low, high, count) {
      const f = heap.floats;
      const least = round(low);
      const most = round(high);
      for (let i = 0; i < count; i++) f[out + i] = Math.min(Math.max(f[x + i]!, least), most);
    },
  };
}
