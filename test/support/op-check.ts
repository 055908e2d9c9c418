/**
 * Runs an operation over its samples: forward in float64 and in float32 against a plain computation, and the full
 * Jacobian in float64.
 */
import { describe, expect, it } from 'vitest';
import { scope } from '../../src/autograd/scope.ts';
import type { Tensor } from '../../src/autograd/tensor.ts';
import { withRuntime } from '../../src/kernels/runtime.ts';
import { valuesOf } from './float64.ts';
import { checkJacobian, checkSecondJacobian, float64Runtime, type TensorFunction, toTensor } from './gradient-check.ts';
import type { Nd } from './nd.ts';
import { ulpDistance } from './ulp.ts';

export interface OpSample {
  readonly label: string;
  /** Float32 numbers, so that both precisions start from the same ones. */
  readonly inputs: readonly Nd[];
  readonly run: TensorFunction;
  readonly reference: (inputs: readonly Nd[]) => Nd;
  /** Largest absolute error that a correct float32 run can have, for each output. Needed where `float32` is 'bound'. */
  readonly bound?: (inputs: readonly Nd[]) => Nd;
}

export interface OpCase {
  readonly name: string;
  readonly samples: readonly OpSample[];
  /**
   * How near a float32 run comes: 'exact' is the float64 result rounded once (true of + - * / sqrt, since 53 >= 2 * 24
   * + 2, and of all moves); 'two ulp' for exp, log, tanh, sigmoid, 'four ulp' for what is made of two of them; 'bound'
   * for sums, by the sample's own bound.
   */
  readonly float32: 'exact' | 'two ulp' | 'four ulp' | 'bound';
}

/** The unit roundoff of float32. */
export const UNIT: number = 2 ** -24;

export function describeOp(op: OpCase): void {
  describe(`${op.name}, ${op.samples.length} samples`, () => {
    it('forward in float64 agrees to 1e-12 with the plain computation', () => {
      for (const sample of op.samples) {
        const expected = sample.reference(sample.inputs);
        const got = withRuntime(float64Runtime(), () => forward(sample));
        expect(got.shape, sample.label).toEqual(expected.shape);
        expected.values.forEach((value, i) => {
          if (!near(got.values[i]!, value, 1e-12 * Math.max(1, Math.abs(value)))) fail(op, sample, i, got, expected);
        });
      }
    });

    it(`forward in float32: ${op.float32}`, () => {
      for (const sample of op.samples) {
        const expected = sample.reference(sample.inputs);
        const got = forward(sample);
        const bound = op.float32 === 'bound' ? sample.bound!(sample.inputs) : undefined;
        expect(got.shape, sample.label).toEqual(expected.shape);
        expected.values.forEach((value, i) => {
          const good =
            bound !== undefined
              ? near(got.values[i]!, value, bound.values[i]!)
              : op.float32 === 'exact'
                ? got.values[i] === Math.fround(value) || (Number.isNaN(got.values[i]) && Number.isNaN(value))
                : ulpDistance(got.values[i]!, value) <= (op.float32 === 'two ulp' ? 2 : 4);
          if (!good) fail(op, sample, i, got, expected);
        });
      }
    });

    it('the full Jacobian agrees with central differences', () => {
      let entries = 0;
      for (const sample of op.samples)
        entries += checkJacobian(op.name, sample.label, sample.run, sample.inputs).entries;
      expect(entries).toBeGreaterThan(op.samples.length);
    });

    it('the full Jacobian of the gradients agrees with central differences', () => {
      let entries = 0;
      for (const sample of op.samples)
        entries += checkSecondJacobian(op.name, sample.label, sample.run, sample.inputs).entries;
      expect(entries).toBeGreaterThan(op.samples.length);
    });
  });
}

function forward(sample: OpSample): Nd {
  return scope(() => {
    const y: Tensor = sample.run(sample.inputs.map(toTensor));
    return { shape: y.shape, values: valuesOf(y) };
  });
}

function near(got: number, expected: number, tolerance: number): boolean {
  return got === expected || Math.abs(got - expected) <= tolerance || (Number.isNaN(got) && Number.isNaN(expected));
}

function fail(op: OpCase, sample: OpSample, i: number, got: Nd, expected: Nd): never {
  const inputs = sample.inputs.map((input) => input.values[i]).join(', ');
  throw new Error(
    `${op.name}, ${sample.label}: output[${i}]: got ${got.values[i]}, ` +
      `expected ${expected.values[i]} (inputs at ${i}: ${inputs})`,
  );
}
