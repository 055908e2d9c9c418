/** Gradients that are recorded and differentiated again, gradients of watched and of intermediate tensors. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { stopGradient, watch, withoutRecording } from '../../src/autograd/record.ts';
import { scope } from '../../src/autograd/scope.ts';
import { type Tensor, tensor, variable } from '../../src/autograd/tensor.ts';
import { ArgumentError, RuntimeError } from '../../src/core/errors.ts';
import { adam, createRandom, layers, sequential } from '../../src/index.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { add, mul, neg, sub } from '../../src/ops/arithmetic.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { mean, sum } from '../../src/ops/reduce.ts';
import { exp, relu, sigmoid, sqrt, square, tanh } from '../../src/ops/unary.ts';
import { thrownBy } from '../support/thrown.ts';

const values = (tensors: readonly Tensor[]): number[][] => tensors.map((one) => Array.from(one.data));
const RECORD = { record: true };

describe('recorded gradients', () => {
  it('can be differentiated to any order: x^5 six times', () => {
    const x = variable(tensor([2]));
    let y: Tensor = mul(square(square(x)), x);
    const derivatives: number[] = [];
    for (let order = 1; order <= 6; order++) {
      y = gradients(y, [x], { record: true, unconnected: 'zeros' })[0]!;
      derivatives.push(y.item());
    }
    // 5 x^4, 20 x^3, 60 x^2, 120 x, 120, 0: small whole numbers, exact in float32.
    expect(derivatives).toEqual([80, 160, 240, 240, 120, 0]);
  });

  it('the sixteenth derivative of e^x is e^x, with the same bits', () => {
    const x = variable(tensor([0.75]));
    const y = exp(x);
    let derivative = y;
    for (let order = 0; order < 16; order++) derivative = gradients(derivative, [x], RECORD)[0]!;
    expect(derivative.item()).toBe(y.item());
  });

  it('the third derivatives of sigmoid and tanh', () => {
    const third = (fn: (x: Tensor) => Tensor): number => {
      const x = variable(tensor([0.5]));
      let y = fn(x);
      for (let order = 0; order < 3; order++) y = gradients(y, [x], RECORD)[0]!;
      return y.item();
    };
    // s (1 - s) (1 - 6 s + 6 s^2) and -2 (1 - t^2) (1 - 3 t^2), after a dozen float32 roundings.
    const s = 1 / (1 + Math.exp(-0.5));
    const t = Math.tanh(0.5);
    expect(third(sigmoid)).toBeCloseTo(s * (1 - s) * (1 - 6 * s + 6 * s * s), 6);
    expect(third(tanh)).toBeCloseTo(-2 * (1 - t * t) * (1 - 3 * t * t), 6);
  });

  it('the product of a Hessian and a vector', () => {
    const a = tensor([
      [2, 1],
      [3, 5],
    ]);
    const x = variable(tensor([[1], [2]]));
    const [dx] = gradients(sum(mul(x, matmul(a, x))), [x], RECORD);
    const v = tensor([[1], [-1]]);
    // The Hessian of x^T A x is A + A^T = [[4, 4], [4, 10]].
    expect(values(gradients(sum(mul(dx!, v)), [x]))).toEqual([[0, -6]]);
  });

  it('have the bits of ordinary gradients', () => {
    const [x, w] = [variable(tensor([[0.3, -0.7]])), variable(tensor([[0.1], [0.9]]))];
    const loss = mean(square(tanh(matmul(x, w))));
    expect(values(gradients(loss, [x, w], RECORD))).toEqual(values(gradients(loss, [x, w])));
  });

  it('never share memory', () => {
    const [a, b] = [variable(tensor([1, 2])), variable(tensor([3, 4]))];
    const all = gradients(sum(add(a, b)), [a, b, a], RECORD);
    expect(new Set(all.map((one) => one.address)).size).toBe(3);
  });

  it('are recorded within withoutRecording() too: the option asks for it', () => {
    const x = variable(tensor([3]));
    const loss = mul(square(x), x);
    const [dx] = withoutRecording(() => gradients(loss, [x], RECORD));
    expect(values(gradients(dx!, [x]))).toEqual([[18]]);
    expect(withoutRecording(() => square(x)).node).toBeUndefined();
  });

  it('a derivative that is zero on each piece is zero, not an error', () => {
    const x = variable(tensor([-1, 2]));
    const [dx] = gradients(sum(mul(relu(x), 3)), [x], RECORD);
    expect(values(gradients(sum(square(dx!)), [x]))).toEqual([[0, 0]]);
  });

  it('notice a variable that was changed since', () => {
    const x = variable(tensor([2]), 'kernel');
    const [dx] = gradients(mul(square(x), x), [x], RECORD);
    x.assign([3]);
    expect(() => gradients(dx!, [x])).toThrow(/the variable "kernel" was changed after/);
  });

  it('of a chain of 20,000 operations do not overflow the call stack', () => {
    const x = variable(tensor([0.5]));
    const ddx = scope(() => {
      let y: Tensor = square(x);
      for (let i = 0; i < 20_000; i++) y = neg(y);
      return gradients(gradients(y, [x], RECORD)[0]!, [x])[0]!;
    });
    expect(ddx.item()).toBe(2);
  });

  it('take constant memory in a loop of WGAN-GP steps, each in a scope', () => {
    const inputShape = [6, 6, 2];
    const discriminator = sequential([
      layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', useBias: false, inputShape }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.maxPooling2d(),
      layers.flatten(),
      layers.dense({ units: 1 }),
    ]);
    const optimizer = adam();
    const random = createRandom(1);
    const usages = Array.from({ length: 30 }, () => {
      scope(() => {
        const x = watch(random.uniform([4, ...inputShape], -1, 1));
        const logits = discriminator.call(x, { training: true });
        const [dx] = gradients(sum(logits), [x], RECORD);
        const norms = sqrt(sum(square(dx!), [1, 2, 3]));
        const loss = add(mean(logits), mul(10, mean(square(sub(norms, 1)))));
        const weights = discriminator.trainableWeights;
        optimizer.apply(weights, gradients(loss, weights));
      });
      return heap().usage();
    });
    for (const usage of usages.slice(2)) expect(usage).toEqual(usages[1]);
  });
});

describe('watch', () => {
  it('makes an input one that gradients are taken of, without copying it', () => {
    const source = tensor([1, 2]);
    const x = watch(source);
    expect(x.address).toBe(source.address);
    expect(values(gradients(sum(mul(square(x), x)), [x]))).toEqual([[3, 12]]);
  });

  it('passes gradients on to a tensor that is tracked itself', () => {
    const w = variable(tensor([2]));
    const x = watch(square(w));
    expect(values(gradients(square(x), [x, w]))).toEqual([[8], [32]]);
  });

  it('notices that its source was changed', () => {
    const source = tensor([1, 2]);
    const x = watch(source);
    const loss = sum(square(x));
    source.data[0] = 5;
    expect(() => gradients(loss, [x])).toThrow(RuntimeError);
  });
});

describe('gradients of tensors between', () => {
  it('are those of the paths through them', () => {
    const x = variable(tensor([3]));
    const middle = square(x);
    const loss = add(mul(middle, middle), x);
    expect(values(gradients(loss, [middle, x]))).toEqual([[18], [109]]);
    expect(values(gradients(loss, [loss]))).toEqual([[1]]);
  });

  it('can be recorded', () => {
    const x = variable(tensor([2]));
    const middle = square(x);
    const [dm] = gradients(mul(square(middle), middle), [middle], RECORD);
    // 3 m^2 by m: 6 m = 24; by x: 6 m 2 x = 96.
    expect(values(gradients(dm!, [middle, x]))).toEqual([[24], [96]]);
  });

  it('are refused for a tensor that is not tracked, and for one without a part in the loss', () => {
    const x = variable(tensor([3]));
    const plain = tensor([2]);
    expect(thrownBy(ArgumentError, () => gradients(mul(x, plain), [plain])).message).toBe(
      'gradients: tensors[0] [1] is not tracked. Make it a variable(), or compute the loss from the result of ' +
        'watch(tensor) and ask for the gradient of that.',
    );
    expect(() => gradients(square(x), [x, mul(x, 2)])).toThrow(/^gradients: tensors\[1\] had no part in the loss/);
    const other = variable(tensor([[1, 2]]));
    expect(values(gradients(square(x), [x, other], { unconnected: 'zeros' }))).toEqual([[6], [0, 0]]);
  });

  it('do not silently leave out a path through a gradient that was not recorded', () => {
    const x = variable(tensor([3]));
    const middle = square(x);
    const loss = square(middle);
    for (const [dx] of [gradients(loss, [x]), gradients(loss, [middle])]) {
      expect(() => gradients(mul(dx!, middle), [middle])).toThrow(/computed without \{ record: true \}/);
      expect(values(gradients(mul(stopGradient(dx!), middle), [middle]))).toEqual(values([dx!]));
    }
  });
});
