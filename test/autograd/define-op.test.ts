/** Ops of one's own: their values, gradients, second gradients, and what is refused. */
import { describe, expect, it } from 'vitest';
import { defineOp } from '../../src/autograd/define-op.ts';
import { gradients } from '../../src/autograd/gradients.ts';
import { createRandom } from '../../src/autograd/random.ts';
import { watch } from '../../src/autograd/record.ts';
import { scope } from '../../src/autograd/scope.ts';
import { type Tensor, tensor, variable } from '../../src/autograd/tensor.ts';
import { ArgumentError, ShapeError } from '../../src/core/errors.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { mul } from '../../src/ops/arithmetic.ts';
import { checkGradients } from '../../src/ops/check-gradients.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { sum } from '../../src/ops/reduce.ts';
import { reshape } from '../../src/ops/reshape.ts';
import { square } from '../../src/ops/unary.ts';
import { thrownBy, wrong } from '../support/thrown.ts';

const cube = defineOp('cube', {
  forward: (x) => mul(x, square(x)),
  pullbacks: [(dy, { inputs: [x] }) => mul(dy, mul(3, square(x)))],
});

/** The value of a, the gradient of b: a straight-through estimator. */
const straightThrough = defineOp('straightThrough', {
  forward: (a, _b) => a,
  pullbacks: ['zero', (dy) => dy],
});

describe('an op made by defineOp', () => {
  it('has the value of forward, its pullbacks as gradient, and can be differentiated again', () => {
    const x = variable(tensor([1, 2, -3]));
    const y = cube(x);
    expect(Array.from(y.data)).toEqual([1, 8, -27]);
    const [dx] = gradients(sum(y), [x], { record: true });
    expect(Array.from(dx!.data)).toEqual([3, 12, 27]);
    const [ddx] = gradients(sum(dx!), [x], { record: true });
    expect(Array.from(ddx!.data)).toEqual([6, 12, -18]);
    expect(Array.from(gradients(sum(ddx!), [x])[0]!.data)).toEqual([6, 6, 6]);
  });

  it('passes checkGradients, alone and within a layer', () => {
    expect(checkGradients(cube, [tensor([1, 2, -0.5])], { order: 2 }).wrong).toBe(0);
    const layer = (x: Tensor, w: Tensor): Tensor => cube(matmul(x, w));
    const inputs = [createRandom(1).uniform([2, 3], -1, 1), createRandom(2).uniform([3, 2], -1, 1)];
    // 4 results by 12 inputs; 12 gradients by 12 inputs and 4 elements of dy.
    expect(checkGradients(layer, inputs, { order: 2 }).compared).toBe(4 * 12 + 12 * 16);
  });

  it('may return one of its inputs, and have a gradient that is not that of its value', () => {
    const [a, b] = [variable(tensor([5])), watch(tensor([2]))];
    const y = straightThrough(square(a), square(b));
    expect(y.item()).toBe(25);
    expect(gradients(y, [a, b]).map((one) => one.item())).toEqual([0, 4]);
    const same = defineOp('same', { forward: (x) => x, pullbacks: [(dy) => mul(dy, 2)] });
    expect(gradients(same(same(a)), [a])[0]!.item()).toBe(4);
    expect(a.node).toBeUndefined();
  });

  it('frees what forward makes besides its result, and leaves plain tensors without a node', () => {
    const x = tensor([1, 2]);
    const before = heap().usage().blocks;
    const y = scope(() => cube(x));
    expect(heap().usage().blocks - before).toBe(1);
    expect(y.node).toBeUndefined();
  });

  it('names itself in errors', () => {
    const x = variable(tensor([1, 2]));
    expect(() => cube(wrong([1]))).toThrow(/^cube: argument 0 must be a Tensor; got \[1\]/);
    const two: (...inputs: Tensor[]) => Tensor = cube;
    expect(thrownBy(ArgumentError, () => two(x, x)).message).toBe(
      'cube: it takes 1 tensors, one for each of its pullbacks; got 2 arguments',
    );
    const flat = defineOp('flat', { forward: (t) => square(t), pullbacks: [(dy) => reshape(dy, [1, 2])] });
    expect(thrownBy(ShapeError, () => gradients(sum(flat(x)), [x])).message).toBe(
      "gradients: the gradient that flat gives for its input 0 must have that input's shape [2]; got [1, 2]",
    );
    const number = defineOp('number', { forward: (_x) => wrong(5), pullbacks: ['zero'] });
    expect(() => number(x)).toThrow(/^number: the result of forward must be a Tensor; got 5/);
    const late = defineOp('late', { forward: (_x) => wrong(Promise.resolve(x)), pullbacks: ['zero'] });
    expect(() => late(x)).toThrow(/must be synchronous; got a Promise/);
  });
});
