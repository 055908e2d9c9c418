/** Adam against its formula in float64; constants from PyTorch are compared in the tests of the fixtures. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { scope } from '../../src/autograd/scope.ts';
import { tensor, variable } from '../../src/autograd/tensor.ts';
import { ArgumentError, type GanvasError, RuntimeError, ShapeError } from '../../src/core/errors.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { sub } from '../../src/ops/arithmetic.ts';
import { sum } from '../../src/ops/reduce.ts';
import { square } from '../../src/ops/unary.ts';
import { adam } from '../../src/optim/adam.ts';
import { hashedFloats } from '../support/reference.ts';
import { thrownBy, wrong } from '../support/thrown.ts';

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

  it('goes on after restore as if never stopped', () => {
    const gradient = (i: number): Float32Array => hashedFloats(5, i);
    const straight = variable(tensor(hashedFloats(5, 99)));
    const one = adam({ learningRate: 0.01 });
    for (let i = 0; i < 3; i++) one.apply([straight], [tensor(gradient(i))]);
    const resumed = variable(tensor(straight.data));
    const two = adam({ learningRate: 0.01 });
    two.restore(3);
    two.slots(resumed).m.assign(one.slots(straight).m);
    two.slots(resumed).v.assign(one.slots(straight).v);
    for (let i = 3; i < 6; i++) {
      one.apply([straight], [tensor(gradient(i))]);
      two.apply([resumed], [tensor(gradient(i))]);
    }
    expect(resumed.data).toEqual(straight.data);
    expect(two.step).toBe(6);
  });

  it('reports the variables that became NaN or infinite', () => {
    const [good, bad, worse] = [variable(tensor([1])), variable(tensor([1, 2])), variable(tensor([1]))];
    const optimizer = adam();
    expect(optimizer.apply([good, bad, worse], [tensor([1]), tensor([1, NaN]), tensor([Infinity])])).toEqual([
      bad,
      worse,
    ]);
    expect(good.item()).toBeLessThan(1);
  });

  it('with learning rate 0 leaves the weights, bit for bit', () => {
    const w = variable(tensor(hashedFloats(9, 5)));
    const before = Array.from(w.data);
    adam({ learningRate: 0 }).apply([w], [tensor(hashedFloats(9, 6))]);
    expect(Array.from(w.data)).toEqual(before);
  });

  it('makes old passes unusable', () => {
    const w = variable(tensor([1]), 'w');
    const loss = square(w);
    adam().apply([w], gradients(loss, [w]));
    expect(() => gradients(loss, [w])).toThrow(RuntimeError);
  });

  it('names its settings', () => {
    expect(adam().config).toEqual({ name: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 });
  });

  it('allocates nothing after its first step', () => {
    const w = variable(tensor(hashedFloats(100, 1)));
    const g = tensor(hashedFloats(100, 2));
    const optimizer = adam();
    optimizer.apply([w], [g]);
    const before = heap().usage();
    for (let i = 0; i < 10; i++) optimizer.apply([w], [g]);
    expect(heap().usage()).toEqual(before);
  });
});

describe('wrong arguments', () => {
  it.each([
    [{ learningRate: -1 }, /^adam: learningRate must be a finite number of at least 0; got -1/],
    [{ learningRate: NaN }, /^adam: learningRate/],
    [{ learningRate: Infinity }, /^adam: learningRate/],
    [{ learningRate: '1' }, /^adam: learningRate/],
    [{ beta1: 1 }, /^adam: beta1 must be a finite number from 0 to below 1; got 1/],
    [{ beta2: 1.5 }, /^adam: beta2 must be a finite number from 0 to below 1/],
    [{ beta1: -0.1 }, /^adam: beta1/],
    [{ epsilon: -1e-9 }, /^adam: epsilon/],
    [{ learningrate: 1 }, /^adam: unknown option "learningrate". Did you mean learningRate\?/],
    [null, /^adam: options must be a plain object; got null/],
    [1e-3, /^adam: options must be a plain object; got 0.001/],
  ])('adam(%j)', (config, message) => {
    expect(thrownBy(ArgumentError, () => adam(wrong(config))).message).toMatch(message);
  });

  const w = variable(tensor([1, 2]), 'w');
  const g = tensor([1, 1]);
  const CALLS: readonly (readonly [string, new (message: string) => GanvasError, unknown, unknown, RegExp])[] = [
    ['no variables', ArgumentError, undefined, [g], /^apply: variables must be a list of variables/],
    ['a tensor for a variable', ArgumentError, [g], [g], /^apply: variables must be a list of variables/],
    [
      'too few gradients',
      ArgumentError,
      [w],
      [],
      /^apply: there must be one gradient for each of the 1 variables; got 0/,
    ],
    ['no list of gradients', ArgumentError, [w], undefined, /^apply: there must be one gradient/],
    ['a number for a gradient', ArgumentError, [w], [5], /^apply: gradients\[0\] must be a Tensor; got 5/],
    [
      'a gradient of another shape',
      ShapeError,
      [w],
      [tensor([1])],
      /^apply: gradients\[0\] has shape \[1\], its variable w \[2\]/,
    ],
  ];

  it.each(CALLS)('apply with %s changes nothing', (_, kind, variables, given, message) => {
    const optimizer = adam();
    expect(thrownBy(kind, () => optimizer.apply(wrong(variables), wrong(given))).message).toMatch(message);
    expect(optimizer.step).toBe(0);
    expect(w.toArray()).toEqual([1, 2]);
  });

  it.each([-1, 1.5, NaN, '3', undefined])('restore(%o)', (step) => {
    expect(thrownBy(ArgumentError, () => adam().restore(wrong(step))).message).toMatch(
      /^restore: step must be a whole number of at least 0/,
    );
  });
});
