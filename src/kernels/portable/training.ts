/** Portable kernels of training: the loss from logits with its gradient, and Adam's whole update in one pass. */
import type { Kernels } from '../contract.ts';
import type { Heap } from '../heap.ts';
import type { Arithmetic } from './arithmetic.ts';
import { createSums } from './sums.ts';

export function training(
  heap: Heap,
  arithmetic: Arithmetic,
): Pick<Kernels, 'sigmoidCrossEntropy' | 'sigmoidCrossEntropyBackward' | 'adam'> {
  const { round, exp, log, sigmoid } = arithmetic;
  const sums = createSums(heap, round);
  return {
    sigmoidCrossEntropy(out, logits, labels, labelStep, count) {
      const f = heap.floats;
      const total = sums.inLanes(count, (lanes, from, to) => {
        for (let i = from; i < to; i++) {
          const z = f[logits + i]!;
          const y = f[labels + i * labelStep]!;
          const linear = round(Math.max(z, 0) - round(z * y));
          const loss = round(linear + log(round(1 + exp(-Math.abs(z)))));
          lanes[i & 3] = lanes[i & 3]! + loss;
        }
      });
      f[out] = total / round(count);
    },

    sigmoidCrossEntropyBackward(dz, dy, logits, labels, labelStep, total, count) {
      const f = heap.floats;
      const scale = round(f[dy]! / round(total));
      for (let i = 0; i < count; i++) {
        f[dz + i] = round(sigmoid(f[logits + i]!) - f[labels + i * labelStep]!) * scale;
      }
    },

    adam(w, m, v, g, rate, beta1, rest1, beta2, rest2, epsilon, count) {
      const f = heap.floats;
      const stepSize = round(rate);
      const decay1 = round(beta1);
      const fresh1 = round(rest1);
      const decay2 = round(beta2);
      const fresh2 = round(rest2);
      const smallest = round(epsilon);
      let nonFinite = 0;
      for (let i = 0; i < count; i++) {
        const gradient = f[g + i]!;
        const first = round(round(decay1 * f[m + i]!) + round(fresh1 * gradient));
        const second = round(round(decay2 * f[v + i]!) + round(fresh2 * round(gradient * gradient)));
        const weight = round(f[w + i]! - round(round(stepSize * first) / round(round(Math.sqrt(second)) + smallest)));
        f[m + i] = first;
        f[v + i] = second;
        f[w + i] = weight;
        if (weight - weight + (second - second) !== 0) nonFinite++;
      }
      return nonFinite;
    },
  };
}
