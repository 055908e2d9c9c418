/** checkGradients(): right gradients pass, wrong ones are found and named. */
import { describe, expect, it } from 'vitest';
import { defineOp } from '../../src/autograd/define-op.ts';
import { createRandom } from '../../src/autograd/random.ts';
import { type Tensor, tensor } from '../../src/autograd/tensor.ts';
import { ArgumentError, GradientError } from '../../src/core/errors.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { add, mul } from '../../src/ops/arithmetic.ts';
import { type CheckGradientsOptions, checkGradients } from '../../src/ops/check-gradients.ts';
import { dropout } from '../../src/ops/dropout.ts';
import { sum } from '../../src/ops/reduce.ts';
import { exp, relu, square, tanh } from '../../src/ops/unary.ts';
import { toTensor } from '../support/gradient-check.ts';
import { thrownBy } from '../support/thrown.ts';
import { ALL_OP_CASES } from './samples/index.ts';

const x = tensor([0.5, -1.25, 2]);

/** x^2 with this factor in its gradient, and, if it is split off, outside the recorded ops. */
const squareTimes = (factor: number): ((t: Tensor) => Tensor) =>
  defineOp('squareTimes', { forward: square, pullbacks: [(dy, { inputs: [t] }) => mul(dy, mul(factor, t))] });

describe('checkGradients', () => {
  it('passes two samples of each op, to second order', () => {
    for (const { name, samples } of ALL_OP_CASES) {
      const small = samples.filter(({ inputs, label }) => {
        const values = inputs.flatMap((input) => Array.from(input.values));
        return label !== 'chosen values' && values.length > 0 && values.length < 12;
      });
      for (const sample of small.slice(-2)) {
        const check = () =>
          checkGradients((...inputs) => sample.run(inputs), sample.inputs.map(toTensor), { order: 2 });
        expect(check, `${name}, ${sample.label}`).not.toThrow();
      }
    }
  });

  it('reports what was compared, and the worst entry', () => {
    const report = checkGradients((a, b) => sum(mul(a, b)), [x, x]);
    expect(report).toMatchObject({ compared: 6, wrong: 0 });
    expect(Math.abs(report.worst!.gradient - report.worst!.difference)).toBeLessThanOrEqual(report.worst!.allowed);
    expect(checkGradients(exp, [tensor([])])).toEqual({ compared: 0, wrong: 0, worst: undefined });
  });

  it('finds a gradient that is 10 % wrong, and names the place', () => {
    const f = (a: Tensor, b: Tensor): Tensor => add(tanh(a), squareTimes(2.2)(b));
    const error = thrownBy(GradientError, () => checkGradients(f, [x, tensor([1, 2, 3])]));
    expect(error.message).toMatch(
      /^checkGradients: 3 of 18 derivatives are wrong\. Largest error: the derivative of element 2 of the result by inputs\[1\] at \[2\] = 3 is 6\.6, by central differences 6; they may differ by 0\.06$/,
    );
    expect(error.report).toMatchObject({
      compared: 18,
      wrong: 3,
      worst: { order: 1, output: 2, input: 1, element: 2 },
    });
  });

  it('finds a second gradient that is missing: the pullback reads numbers instead of computing with tensors', () => {
    const f = defineOp('square', {
      forward: square,
      pullbacks: [(dy, { inputs: [t] }) => mul(dy, tensor(Array.from(t.data, (value) => 2 * value)))],
    });
    expect(checkGradients(f, [x]).wrong).toBe(0);
    const error = thrownBy(GradientError, () => checkGradients(f, [x], { order: 2 }));
    expect(error.message).toMatch(
      /the derivative of the gradient by inputs\[0\] at \[\d\] by inputs\[0\] at \[\d\] = /,
    );
    expect(error.message).toMatch(/ is 0, by central differences/);
  });

  it('finds an op whose gradient does not depend on dy', () => {
    const f = defineOp('square', { forward: square, pullbacks: [(_, { inputs: [t] }) => add(t, t)] });
    expect(checkGradients((t) => sum(f(t)), [x]).wrong).toBe(0);
    expect(thrownBy(GradientError, () => checkGradients(f, [x])).message).toMatch(/6 of 9 derivatives are wrong/);
  });

  it('counts NaN as wrong', () => {
    const f = defineOp('square', { forward: square, pullbacks: [(dy) => mul(dy, NaN)] });
    expect(thrownBy(GradientError, () => checkGradients(f, [x])).report).toMatchObject({ wrong: 9 });
  });

  it('is as strict as asked, within what float32 differences can tell', () => {
    const off = squareTimes(2.002);
    expect(checkGradients(off, [x]).wrong).toBe(0);
    expect(() => checkGradients(off, [x], { tolerance: 2e-4 })).toThrow(GradientError);
    expect(checkGradients(square, [x], { tolerance: 2e-4 }).wrong).toBe(0);
    // Within a step of its kink relu has no slope.
    expect(() => checkGradients(relu, [tensor([0.001])])).toThrow(GradientError);
    expect(checkGradients(relu, [tensor([0.001])], { step: 0.0005 }).wrong).toBe(0);
  });

  it('refuses a function that gives two results for the same inputs', () => {
    const random = createRandom(3);
    expect(() => checkGradients((t) => dropout(t, 0.5, random), [x])).toThrow(ArgumentError);
    expect(checkGradients((t) => dropout(t, 0.5, createRandom(3)), [x]).wrong).toBe(0);
  });

  it('leaves nothing behind', () => {
    const run = (options: CheckGradientsOptions): unknown => checkGradients((t) => sum(square(t)), [x], options);
    const before = heap().usage().blocks;
    run({ order: 2 });
    expect(() => checkGradients(squareTimes(3), [x], { order: 2 })).toThrow(GradientError);
    expect(heap().usage().blocks).toBe(before);
  });
});
