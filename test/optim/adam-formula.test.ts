/** Adam against its formula in float64; constants from PyTorch are compared in the tests of the fixtures. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { scope } from '../../src/autograd/scope.ts';
import { tensor, variable } from '../../src/autograd/tensor.ts';
import { RuntimeError } from '../../src/core/errors.ts';
import { sub } from '../../src/ops/arithmetic.ts';
import { sum } from '../../src/ops/reduce.ts';
import { square } from '../../src/ops/unary.ts';
import { adam } from '../../src/optim/adam.ts';
import { hashedFloats } from '../support/reference.ts';

/** The update in float64, with Math.pow for beta^t: nothing shared with src. */
function reference(
  w: number[],
  steps: readonly Float32Array[],
  rate: number,
  b1: number,
  b2: number,
  epsilon: number,
): number[] {
  const m = w.map(() => 0);
  const v = w.map(() => 0);
  const out = [...w];
  steps.forEach((g, index) => {
    const t = index + 1;
    const rateT = (rate * Math.sqrt(1 - b2 ** t)) / (1 - b1 ** t);
    out.forEach((_, i) => {
      m[i] = b1 * m[i]! + (1 - b1) * g[i]!;
      v[i] = b2 * v[i]! + (1 - b2) * g[i]! * g[i]!;
      out[i]! -= (rateT * m[i]!) / (Math.sqrt(v[i]!) + epsilon);
    });
  });
  return out;
}

describe('adam', () => {
  it.each([
    [{}, 1e-3, 0.9, 0.999, 1e-7],
    [{ learningRate: 0.1 }, 0.1, 0.9, 0.999, 1e-7],
    [{ learningRate: 0.05, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }, 0.05, 0.5, 0.9, 1e-3],
    [{ beta1: 0, beta2: 0 }, 1e-3, 0, 0, 1e-7],
  ])('%j follows the formula over 20 steps on 17 weights', (config, rate, b1, b2, epsilon) => {
    const start = hashedFloats(17, 1);
    const steps = Array.from({ length: 20 }, (_, i) => hashedFloats(17, 10 + i, -2, 2));
    const w = variable(tensor(start));
    const optimizer = adam(config);
    for (const g of steps) expect(optimizer.apply([w], [tensor(g)])).toEqual([]);
    const expected = reference(Array.from(start), steps, rate, b1, b2, epsilon);
    // Each step moves by about the rate, and its float32 evaluation errs by some 10 roundings of that and half an ulp
    // of w.
    w.data.forEach((value, i) => {
      const tolerance = 20 * (10 * rate * 2 ** -24 * 5 + Math.abs(value) * 2 ** -24);
      expect(Math.abs(value - expected[i]!), `weight ${i}`).toBeLessThanOrEqual(tolerance);
    });
    expect(optimizer.step).toBe(20);
  });

  it('moves by the rate in the first step, whatever the scale of the gradient: the bias correction', () => {
    for (const scale of [1e-3, 1, 1e3]) {
      const w = variable(tensor([0]));
      adam({ learningRate: 0.01 }).apply([w], [tensor([scale])]);
      // m / sqrt(v) = 1 up to epsilon / |g|, at most 1e-7 sqrt(1000) / 1e-3.
      expect(w.item()).toBeGreaterThan(-0.01 * (1 + 1e-6));
      expect(w.item()).toBeLessThan(-0.01 * (1 - 4e-3));
    }
  });

  it('finds the minimum of a parabola', () => {
    const w = variable(tensor([5, -3]));
    const optimizer = adam({ learningRate: 0.1 });
    for (let i = 0; i < 500; i++) {
      scope(() => {
        optimizer.apply([w], gradients(sum(square(sub(w, tensor([1, 2])))), [w]));
      });
    }
    expect(w.data[0]).toBeCloseTo(1, 2);
    expect(w.data[1]).toBeCloseTo(2, 2);
  });

  it('keeps moments for each variable, and counts steps not variables', () => {
    const [a, b] = [variable(tensor([0])), variable(tensor([[0, 0]]))];
    const optimizer = adam();
    optimizer.apply([a, b], [tensor([1]), tensor([[2, 3]])]);
    expect(optimizer.step).toBe(1);
    expect(optimizer.slots(a).m.item()).toBe(Math.fround(1 - 0.9));
    expect(optimizer.slots(b).m.shape).toEqual([1, 2]);
    expect(optimizer.slots(a)).toBe(optimizer.slots(a));
    expect(Array.from(optimizer.slots(variable(tensor([7]))).v.data)).toEqual([0]);
  });

  it('makes old passes unusable', () => {
    const w = variable(tensor([1]), 'w');
    const loss = square(w);
    adam().apply([w], gradients(loss, [w]));
    expect(() => gradients(loss, [w])).toThrow(RuntimeError);
  });
});
