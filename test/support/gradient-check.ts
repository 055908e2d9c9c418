/**
 * The full Jacobian of a function of tensors, by gradients() and by central differences, in float64.
 *
 * Step h = 1e-5 max(1, |x|): the truncation error h^2 / 6 f''' is about 2e-11 f''', and the rounding error of the
 * difference 2^-53 |f| / h about 1e-11 |f|; both grow with the scale of f, which the functions here keep below some
 * hundreds. A wrong gradient differs in its first digits. So atol = 1e-8 and rtol = 1e-7 leave two digits to spare and
 * hide nothing.
 */
import { gradients } from '../../src/autograd/gradients.ts';
import { setRecording, watch, withoutRecording } from '../../src/autograd/record.ts';
import { scope } from '../../src/autograd/scope.ts';
import { type Tensor, tensor, variable } from '../../src/autograd/tensor.ts';
import { type Runtime, withRuntime } from '../../src/kernels/runtime.ts';
import { mul } from '../../src/ops/arithmetic.ts';
import { sum } from '../../src/ops/reduce.ts';
import { reshape } from '../../src/ops/reshape.ts';
import { concat } from '../../src/ops/shape-ops.ts';
import { createFloat64Runtime, valuesOf } from './float64.ts';
import { type Nd, ndRandom } from './nd.ts';

const STEP = 1e-5;
const ATOL = 1e-8;
const RTOL = 1e-7;

/** The bar of second derivatives. Their first ones were checked, and the errors of both add up. */
const SECOND_TOLERANCE = 1e-6;

export type TensorFunction = (inputs: readonly Tensor[]) => Tensor;

interface JacobianReport {
  /** Partial derivatives compared: outputs times inputs. */
  readonly entries: number;
  readonly largestError: number;
}

let shared: Runtime | undefined;

/** One float64 runtime for all checks of a test file. */
export function float64Runtime(): Runtime {
  shared ??= createFloat64Runtime();
  return shared;
}

/** Throws an Error that names op, sample, input, element and output if a partial derivative is wrong. */
export function checkJacobian(op: string, sample: string, fn: TensorFunction, inputs: readonly Nd[]): JacobianReport {
  return withRuntime(float64Runtime(), () => compare(`${op}, ${sample}`, fn, fn, inputs, ATOL, RTOL));
}

/**
 * The same for the gradients of the function: the Jacobian of all of them, flattened, by the inputs and by dy. The
 * recorded gradients are differentiated; the central differences are those of the ordinary, unrecorded ones.
 */
export function checkSecondJacobian(
  op: string,
  sample: string,
  fn: TensorFunction,
  inputs: readonly Nd[],
): JacobianReport {
  return withRuntime(float64Runtime(), () => {
    const y = scope(() => withoutRecording(() => toNd(fn(inputs.map(toTensor)))));
    // The mean of no elements is NaN and has no derivative.
    if (y.values.some(Number.isNaN)) return { entries: 0, largestError: 0 };
    const dy = ndRandom(y.shape, 977);
    const by = (record: boolean) => (tensors: readonly Tensor[]) => gradientOf(fn, tensors, record);
    const label = `${op}, ${sample}: second derivative`;
    return compare(label, by(true), by(false), [...inputs, dy], SECOND_TOLERANCE, SECOND_TOLERANCE);
  });
}

/** All gradients of sum(fn(inputs) dy) by the inputs, one after another. The last tensor is dy. */
function gradientOf(fn: TensorFunction, tensors: readonly Tensor[], record: boolean): Tensor {
  const inputs = tensors.slice(0, -1).map(watch);
  return setRecording(true, () => {
    const loss = sum(mul(fn(inputs), tensors[tensors.length - 1]!));
    const all = gradients(loss, inputs, { record, unconnected: 'zeros' });
    return concat(all.map((one) => reshape(one, [one.size])));
  });
}

/** Compares the derivatives of `fn` with the central differences of `values`, which is the same function. */
function compare(
  label: string,
  fn: TensorFunction,
  values: TensorFunction,
  inputs: readonly Nd[],
  atol: number,
  rtol: number,
): JacobianReport {
  const rows = byGradients(fn, inputs);
  let entries = 0;
  let largestError = 0;
  inputs.forEach((input, which) => {
    for (let j = 0; j < input.values.length; j++) {
      const column = byDifferences(values, inputs, which, j);
      column.forEach((expected, output) => {
        const got = rows[output]![which]![j]!;
        const error = Math.abs(got - expected);
        if (!(error <= atol + rtol * Math.abs(expected))) {
          throw new Error(
            `${label}: d output[${output}] / d input ${which}[${j}] (x = ${input.values[j]}): ` +
              `got ${got}, expected ${expected}`,
          );
        }
        entries++;
        largestError = Math.max(largestError, error);
      });
    }
  });
  return { entries, largestError };
}

/**
 * The rows of the Jacobian as rows[output][input]: one backward pass for each output, all over one recorded forward
 * pass, in the current runtime.
 */
export function byGradients(fn: TensorFunction, inputs: readonly Nd[]): Float64Array[][] {
  return scope(() => {
    const variables = inputs.map((input, i) => variable(toTensor(input), `input ${i}`));
    const y = fn(variables);
    const rows: Float64Array[][] = [];
    for (let output = 0; output < y.size; output++) {
      const oneHot = Array.from({ length: y.size }, (_, i) => (i === output ? 1 : 0));
      const loss = sum(mul(y, tensor(oneHot, y.shape)));
      rows.push(checkedGradients(loss, variables));
    }
    // An empty output has no rows; its gradients must still have the inputs' shapes and be zero.
    if (y.size === 0) {
      for (const gradient of checkedGradients(sum(y), variables)) {
        if (gradient.some((value) => value !== 0)) throw new Error('a gradient through nothing is not zero');
      }
    }
    for (const one of variables) one.dispose();
    return rows;
  });
}

function checkedGradients(loss: Tensor, variables: ReturnType<typeof variable>[]): Float64Array[] {
  return gradients(loss, variables, { unconnected: 'zeros' }).map((gradient, i) => {
    if (gradient.shape.join() !== variables[i]!.shape.join()) {
      throw new Error(`input ${i} has shape [${variables[i]!.shape.join()}], its gradient [${gradient.shape.join()}]`);
    }
    return valuesOf(gradient);
  });
}

function byDifferences(fn: TensorFunction, inputs: readonly Nd[], which: number, element: number): Float64Array {
  const x = inputs[which]!.values[element]!;
  const h = STEP * Math.max(1, Math.abs(x));
  // The actual distance: x + h and x - h are rounded.
  const above = x + h;
  const below = x - h;
  const high = evaluate(fn, inputs, which, element, above);
  const low = evaluate(fn, inputs, which, element, below);
  return high.map((value, i) => (value - low[i]!) / (above - below));
}

function evaluate(
  fn: TensorFunction,
  inputs: readonly Nd[],
  which: number,
  element: number,
  value: number,
): Float64Array {
  return scope(() =>
    withoutRecording(() => {
      const moved = inputs.map((input, i) => {
        if (i !== which) return toTensor(input);
        const values = Array.from(input.values);
        values[element] = value;
        return tensor(values, input.shape);
      });
      return valuesOf(fn(moved));
    }),
  );
}

function toNd(x: Tensor): Nd {
  return { shape: x.shape, values: valuesOf(x) };
}

export function toTensor(x: Nd): Tensor {
  return tensor(Array.from(x.values), x.shape);
}
