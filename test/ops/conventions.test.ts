/** What the Jacobian tests do not cover: values and slopes at kinks, poles and NaN, and rounded float32 constants. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { createRandom } from '../../src/autograd/random.ts';
import { type Tensor, tensor, variable } from '../../src/autograd/tensor.ts';
import { elu, relu6, step } from '../../src/ops/activations.ts';
import { argMax, argMin } from '../../src/ops/arg-max.ts';
import { add, div, mul } from '../../src/ops/arithmetic.ts';
import { batchMoments, batchNormTraining } from '../../src/ops/batch-normalization.ts';
import { clip } from '../../src/ops/clip.ts';
import {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  notEqual,
} from '../../src/ops/comparison.ts';
import { dropout } from '../../src/ops/dropout.ts';
import { max, maximum, min, minimum } from '../../src/ops/extremes.ts';
import { binaryCrossentropy, meanSquaredError } from '../../src/ops/losses.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { norm } from '../../src/ops/norm.ts';
import { pow } from '../../src/ops/pow.ts';
import { prod } from '../../src/ops/prod.ts';
import { all, any } from '../../src/ops/quantifiers.ts';
import { mean, sum } from '../../src/ops/reduce.ts';
import { reshape } from '../../src/ops/reshape.ts';
import { ceil, floor, round, sign } from '../../src/ops/rounding.ts';
import { logSoftmax, logSumExp, softmax } from '../../src/ops/softmax.ts';
import { acos, asin } from '../../src/ops/trigonometry.ts';
import { abs, exp, leakyRelu, log, relu, sigmoid, sqrt, square, tanh } from '../../src/ops/unary.ts';
import { where } from '../../src/ops/where.ts';

/** The values of fn at x, and the gradient of their sum. */
function at(fn: (x: Tensor) => Tensor, x: readonly number[]): { y: number[]; dx: number[] } {
  const v = variable(tensor(x));
  const y = fn(v);
  const [dx] = gradients(sum(y), [v]);
  return { y: Array.from(y.data), dx: Array.from(dx!.data) };
}

describe('kinks', () => {
  it('abs: the slope at 0 is 0', () => {
    expect(at(abs, [0, -0, 2, -2])).toEqual({ y: [0, 0, 2, 2], dx: [0, 0, 1, -1] });
  });

  it('relu6: the slope at 0 is 0, as in Keras, PyTorch and TensorFlow.js', () => {
    expect(at(relu6, [0, 0.5, 8])).toEqual({ y: [0, 0.5, 6], dx: [0, 1, 0] });
  });

  it('relu: the slope at 0 is 0, and -0 becomes 0', () => {
    expect(at(relu, [0, -0, 2, -2])).toEqual({ y: [0, 0, 2, 0], dx: [0, 0, 1, 0] });
  });

  it('leakyRelu: 0 belongs to the negative side', () => {
    const { y, dx } = at((x) => leakyRelu(x, 0.25), [0, -0, 2, -2]);
    expect(y).toEqual([0, -0, 2, -0.5]);
    expect(dx).toEqual([0.25, 0.25, 1, 0.25]);
  });

  it('leakyRelu: the default slope is 0.3, rounded to float32 before the multiplication', () => {
    const slope = Math.fround(0.3);
    expect(at((x) => leakyRelu(x), [-1, -7])).toEqual({ y: [-slope, Math.fround(-7 * slope)], dx: [slope, slope] });
  });

  it('clip: the slope is 1 at both limits and 0 beyond them', () => {
    const { y, dx } = at((x) => clip(x, -1, 2), [-1, 2, -1.5, 2.5, 0]);
    expect(y).toEqual([-1, 2, -1, 2, 0]);
    expect(dx).toEqual([1, 1, 0, 0, 1]);
  });

  it('sign, floor, ceil and round: signed zeros, halves and NaN; their slope is 0', () => {
    expect(at(sign, [3, -3, 0, -0, NaN])).toEqual({ y: [1, -1, 0, -0, NaN], dx: [0, 0, 0, 0, 0] });
    expect(at(floor, [1.5, -1.5, -0, NaN, -Infinity])).toEqual({ y: [1, -2, -0, NaN, -Infinity], dx: [0, 0, 0, 0, 0] });
    expect(at(ceil, [1.5, -1.5, -0.5, 0])).toEqual({ y: [2, -1, -0, 0], dx: [0, 0, 0, 0] });
    const halves = [0.5, 1.5, 2.5, -0.5, -1.5, -0.3, 2 ** 23 + 1];
    expect(at(round, halves).y).toEqual([0, 2, 2, -0, -2, -0, 2 ** 23 + 1]);
  });

  it('maximum and minimum: at ties the first operand gets the gradient, as in TensorFlow; NaN wins', () => {
    for (const [pick, y] of [
      [maximum, [2, 3, NaN, NaN, 0]],
      [minimum, [2, 1, NaN, NaN, -0]],
    ] as const) {
      const [a, b] = [variable(tensor([2, 1, NaN, 0, 0])), variable(tensor([2, 3, 1, NaN, -0]))];
      const picked = pick(a, b);
      expect(Array.from(picked.data)).toEqual(y);
      const [da, db] = gradients(sum(picked), [a, b]).map(({ data }) => Array.from(data));
      const first = pick === maximum ? 0 : 1;
      expect([da, db]).toEqual([
        [1, first, 0, 0, 1],
        [0, 1 - first, 0, 0, 0],
      ]);
    }
  });

  it('max and min: equal elements get equal shares of the gradient, as in TensorFlow and PyTorch amax', () => {
    expect(at((x) => max(x), [3, 1, 3, 3, -1])).toEqual({ y: [3], dx: [1 / 3, 0, 1 / 3, 1 / 3, 0].map(Math.fround) });
    expect(at((x) => min(x), [0, -0, 2])).toEqual({ y: [-0], dx: [0.5, 0.5, 0] });
    expect(at((x) => max(x), [1, NaN, 2]).y).toEqual([NaN]);
    expect([max(tensor([])).item(), min(tensor([])).item()]).toEqual([-Infinity, Infinity]);
  });

  it('clip: equal limits give a constant', () => {
    expect(at((x) => clip(x, 1, 1), [0, 1, 2])).toEqual({ y: [1, 1, 1], dx: [0, 1, 0] });
  });

  it('batchNormTraining: 0 belongs to the negative side of its LeakyReLU, as in leakyRelu', () => {
    // A constant column: xhat is 0, and with beta 0 all results are 0.
    const x = tensor([[3], [3]]);
    const [gamma, beta] = [variable(tensor([1])), variable(tensor([0]))];
    const y = batchNormTraining(x, batchMoments(x), { gamma, beta, negativeSlope: 0.25 });
    expect(Array.from(y.data)).toEqual([0, 0]);
    expect(Array.from(gradients(sum(y), [beta])[0]!.data)).toEqual([0.5]);
  });
});

describe('NaN and the ends of the range', () => {
  it.each([
    ['abs', abs],
    ['relu', relu],
    ['leakyRelu', (x: Tensor) => leakyRelu(x)],
    ['clip', (x: Tensor) => clip(x, 0, 1)],
    ['tanh', tanh],
    ['sigmoid', sigmoid],
    ['exp', exp],
    ['log', log],
    ['sqrt', sqrt],
    ['square', square],
  ] as const)('%s keeps NaN', (_, fn) => {
    expect(fn(tensor([NaN, 1])).data[0]).toBeNaN();
    expect(fn(tensor([NaN, 1])).data[1]).not.toBeNaN();
  });

  it('log, sqrt and div follow IEEE 754 at 0 and below', () => {
    expect(Array.from(log(tensor([0, -1])).data)).toEqual([-Infinity, NaN]);
    expect(Array.from(sqrt(tensor([0, -0, -1])).data)).toEqual([0, -0, NaN]);
    expect(Array.from(div(tensor([1, -1, 0]), 0).data)).toEqual([Infinity, -Infinity, NaN]);
    expect(at(sqrt, [0]).dx).toEqual([Infinity]);
  });

  it('saturated activations have gradient 0, not NaN', () => {
    expect(at(sigmoid, [200, -200])).toEqual({ y: [1, 0], dx: [0, 0] });
    expect(at(tanh, [200, -200])).toEqual({ y: [1, -1], dx: [0, 0] });
    expect(at(exp, [-200])).toEqual({ y: [0], dx: [0] });
  });

  it('the mean of no elements is NaN, their sum is 0', () => {
    expect(mean(tensor([])).item()).toBeNaN();
    expect(sum(tensor([])).item()).toBe(0);
    expect(Array.from(sum(tensor([], [0, 3]), 0).data)).toEqual([0, 0, 0]);
    expect(meanSquaredError(tensor([]), tensor([])).item()).toBeNaN();
    expect(binaryCrossentropy(1, tensor([]), { fromLogits: true }).item()).toBeNaN();
  });
});

describe('comparisons and where', () => {
  const [a, b] = [tensor([1, 2, 3, NaN, 0]), tensor([2, 2, 2, NaN, -0])];

  it.each([
    [equal, [0, 1, 0, 0, 1]],
    [notEqual, [1, 0, 1, 1, 0]],
    [less, [1, 0, 0, 0, 0]],
    [lessEqual, [1, 1, 0, 0, 1]],
    [greater, [0, 0, 1, 0, 0]],
    [greaterEqual, [0, 1, 1, 0, 1]],
    [logicalAnd, [1, 1, 1, 1, 0]],
    [logicalOr, [1, 1, 1, 1, 0]],
  ] as const)('%s: NaN compares false and is true, 0 equals -0 and is false', (compare, expected) => {
    expect(Array.from(compare(a, b).data)).toEqual(expected);
  });

  it('all and any', () => {
    const x = tensor([0, NaN, Infinity, -Infinity, 3]);
    expect(notEqual(x, x).toArray()).toEqual([0, 1, 0, 0, 0]);
    expect([all(x), any(x), all(tensor([1, NaN])), any(tensor([0, -0]))].map((y) => y.item())).toEqual([0, 1, 1, 0]);
    expect([all(tensor([])), any(tensor([]))].map((y) => y.item())).toEqual([1, 0]);
  });

  it('where: what is not chosen has no effect, not even NaN, on values and gradients', () => {
    const [x, z] = [variable(tensor([1, NaN, -0, Infinity])), variable(tensor([NaN, 2, 3, 4]))];
    const y = where(tensor([1, 0, NaN, -1]), x, z);
    expect(Array.from(y.data)).toEqual([1, 2, -0, Infinity]);
    const grads = gradients(sum(mul(y, tensor([1, Infinity, 2, 3]))), [x, z]);
    expect(grads.map(({ data }) => Array.from(data))).toEqual([
      [1, 0, 2, 3],
      [0, Infinity, 0, 0],
    ]);
  });
});

describe('softmax, logSoftmax and logSumExp', () => {
  it('do not overflow, and take infinite elements', () => {
    expect(Array.from(softmax(tensor([1e4, 0, -Infinity])).data)).toEqual([1, 0, 0]);
    expect(Array.from(logSoftmax(tensor([1e4, 0, -Infinity])).data)).toEqual([0, -1e4, -Infinity]);
    expect(logSumExp(tensor([3e38, 3e38])).item()).toBe(Math.fround(3e38));
    expect(logSumExp(tensor([1, Infinity])).item()).toBe(Infinity);
    expect(logSumExp(tensor([-Infinity, -Infinity])).item()).toBe(-Infinity);
    expect(logSumExp(tensor([])).item()).toBe(-Infinity);
    expect(logSumExp(tensor([1, NaN])).item()).toBeNaN();
  });
});

describe('prod, norm, argMax and argMin', () => {
  it('prod: the gradient at zeros is the product of the others', () => {
    expect(at((x) => prod(x), [2, 0, 3])).toEqual({ y: [0], dx: [0, 6, 0] });
    expect(at((x) => prod(x), [2, 0, 0])).toEqual({ y: [0], dx: [0, 0, 0] });
    expect(prod(tensor([])).item()).toBe(1);
  });

  it('norm: the gradient of the vector 0 is 0', () => {
    expect(at((x) => norm(x), [0, -0])).toEqual({ y: [0], dx: [0, -0] });
    expect(at((x) => norm(x), [3, 4])).toEqual({ y: [5], dx: [0.6, 0.8].map(Math.fround) });
  });

  it('argMax and argMin: the first of equal elements, a NaN before any number', () => {
    const x = tensor([[1, 3, 3], [NaN, 5, NaN], [0, -0, -1]]); // biome-ignore format: a matrix
    expect(argMax(x, 1).toArray()).toEqual([1, 0, 0]);
    expect(argMin(x, 1).toArray()).toEqual([0, 0, 2]);
    expect([argMax(x).item(), argMin(x, 0).toArray()]).toEqual([3, [1, 2, 1]]);
    expect(argMax(x, -1, true).shape).toEqual([3, 1]);
  });
});

it('asin and acos: the ends, and NaN beyond them', () => {
  const halfPi = Math.fround(Math.PI / 2);
  expect(Array.from(asin(tensor([1, -1, -0, 1.5])).data)).toEqual([halfPi, -halfPi, -0, NaN]);
  expect(Array.from(acos(tensor([1, -1, -1.5])).data)).toEqual([0, 2 * halfPi, NaN]);
});

describe('elu, step and pow', () => {
  it('elu: 0 belongs to the negative side; step keeps NaN', () => {
    expect(at((x) => elu(x, 0.5), [0, 2]).dx).toEqual([0.5, 1]);
    expect(at((x) => step(x, 0.25), [3, 0, -1, NaN])).toEqual({ y: [1, 0.25, 0.25, NaN], dx: [0, 0, 0, 0] });
  });

  it('pow: exact products, negative bases, x^0, and the gradients where the base is 0', () => {
    expect(at((x) => pow(x, 2), [-3, 0.5])).toEqual({ y: [9, 0.25], dx: [-6, 1] });
    expect(at((x) => pow(x, 3), [-3]).dx).toEqual([27]);
    expect(at((x) => pow(x, 0), [0, NaN])).toEqual({ y: [1, 1], dx: [0, 0] });
    expect(Array.from(pow(tensor([-8, -2, 4]), 0.5).data)).toEqual([NaN, NaN, 2]);
    expect(Array.from(pow(-2, tensor([5, 6, 0.5, 0])).data)).toEqual([-32, 64, NaN, 1]);
    const [base, exponent] = [variable(tensor([0, 0, 2])), variable(tensor([0, 2, 3]))];
    const grads = gradients(sum(pow(base, exponent)), [base, exponent]);
    expect(Array.from(grads[0]!.data)).toEqual([0, 0, 12]);
    expect(Array.from(grads[1]!.data)).toEqual([0, 0, 8 * Math.LN2].map(Math.fround));
  });
});

describe('losses', () => {
  it('weights do not change what a mean divides by; a weight of 0 leaves a loss out', () => {
    const [y, p] = [tensor([0, 0, 0, 0]), tensor([1, 2, 3, 4])];
    const weights = tensor([1, 0, 2, 0]);
    expect(Array.from(meanSquaredError(y, p, { reduction: 'none', weights }).data)).toEqual([1, 0, 18, 0]);
    expect(meanSquaredError(y, p, { reduction: 'sum', weights }).item()).toBe(19);
    expect(meanSquaredError(y, p, { weights }).item()).toBe(4.75);
    expect(meanSquaredError(y, p, { weights: 2 }).item()).toBe(15);
  });

  it('binaryCrossentropy without reduction is exact for large logits, and its gradient right at 0', () => {
    const logits = variable(tensor([1e4, -1e4, 0]));
    const losses = binaryCrossentropy(tensor([1, 1, 1]), logits, { fromLogits: true, reduction: 'none' });
    expect(Array.from(losses.data)).toEqual([0, 1e4, Math.fround(Math.LN2)]);
    expect(Array.from(gradients(sum(losses), [logits])[0]!.data)).toEqual([0, -1, -0.5]);
  });
});

describe('binaryCrossentropy', () => {
  it('one number as label gives the same loss as a tensor full of it', () => {
    const logits = tensor([0.5, -1, 2]);
    expect(binaryCrossentropy(1, logits, { fromLogits: true }).item()).toBe(
      binaryCrossentropy(tensor([1, 1, 1]), logits, { fromLogits: true }).item(),
    );
    const p = tensor([0.5, 0.25, 0.75]);
    expect(binaryCrossentropy(0, p).item()).toBe(binaryCrossentropy(tensor([0, 0, 0]), p).item());
    expect(meanSquaredError(1, p).item()).toBe(meanSquaredError(tensor([1, 1, 1]), p).item());
  });
});

describe('batch normalisation', () => {
  it('computes the variance about the mean, so a large mean costs no digits', () => {
    // Values m +- 1 have variance 1 exactly. E[x^2] - E[x]^2 would be wrong at m = 10^4, whose square needs 27 bits.
    const { mean: m, variance } = batchMoments(tensor([[10001], [9999], [10001], [9999]]));
    expect(m.item()).toBe(10000);
    expect(variance.item()).toBe(1);
  });
});

describe('dropout', () => {
  it('keeps everything with rate 0, and drops NaN like any other value', () => {
    expect(Array.from(dropout(tensor([1, 2, 3]), 0, createRandom(3)).data)).toEqual([1, 2, 3]);
    const y = dropout(tensor(new Float32Array(64).fill(NaN)), 0.5, createRandom(3)).data;
    expect(y.filter((value) => value === 0).length).toBeGreaterThan(10);
  });
});

describe('numbers as operands', () => {
  it('are scalars on either side', () => {
    expect(Array.from(add(1, tensor([1, 2])).data)).toEqual([2, 3]);
    expect(Array.from(div(tensor([1, 2]), 4).data)).toEqual([0.25, 0.5]);
    expect(add(1, 2).item()).toBe(3);
  });
});

describe('reshape', () => {
  it('shares the values and does not copy them', () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const y = reshape(x, [4]);
    expect(y.address).toBe(x.address);
    expect(x.shape).toEqual([2, 2]);
  });
});

describe('matmul', () => {
  it('multiplies integers exactly', () => {
    expect(
      matmul(
        tensor([
          [1, 2],
          [3, 4],
        ]),
        tensor([
          [5, 6],
          [7, 8],
        ]),
      ).toArray(),
    ).toEqual([
      [19, 22],
      [43, 50],
    ]);
  });

  it('spreads a NaN or an infinity only along its own row or column', () => {
    const y = matmul(
      tensor([
        [NaN, 1],
        [1, 1],
      ]),
      tensor([
        [1, 2],
        [3, Infinity],
      ]),
    ).toArray();
    expect(y).toEqual([
      [NaN, NaN],
      [4, Infinity],
    ]);
  });
});
