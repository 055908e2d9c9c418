/**
 * checkGradients(): compares the gradients of a function with central differences of its values, entry by entry of the
 * whole Jacobian.
 *   difference = (y(x + h) - y(x - h)) / 2h,  h = step max(1, |x|)
 * Its errors: the part h^2 / 6 y''' that the difference leaves out, and the rounding of y, about u |y| / h, u = 2^-24.
 */
import { gradients } from '../autograd/gradients.ts';
import { createRandom } from '../autograd/random.ts';
import { setRecording, watch } from '../autograd/record.ts';
import { scope } from '../autograd/scope.ts';
import { checkTensor, Tensor, tensor } from '../autograd/tensor.ts';
import { checkFunction, invalid, isInstance, isListOf } from '../core/check.ts';
import { ArgumentError, GradientError } from '../core/errors.ts';
import { integer, number, readOptions } from '../core/options.ts';
import { formatShape, type Shape, sizeOf } from '../core/shape.ts';
import { mul } from './arithmetic.ts';
import { sum } from './reduce.ts';
import { reshape } from './reshape.ts';
import { concat } from './shape-ops.ts';

/** The options of checkGradients(). */
export interface CheckGradientsOptions {
  /** 1 compares the gradients, 2 also the gradients of the gradients. Default 1. */
  readonly order?: number | undefined;
  /** Distance from x of the points of a central difference, for |x| up to 1; it grows with |x|. Default 1 / 128. */
  readonly step?: number | undefined;
  /**
   * The largest error allowed, relative to the largest derivative by the same input. On top of it comes what the
   * rounding of float32 values makes of a difference. Default 0.01.
   */
  readonly tolerance?: number | undefined;
}

const OPTIONS = {
  order: integer(1, 2).or(1),
  step: number({ above: 0, to: 1 }).or(1 / 128),
  tolerance: number({ from: 0 }).or(0.01),
};

/** A partial derivative, and what it should have been. */
export interface GradientEntry {
  /** 1: of element `output` of the result. 2: of element `output` of all gradients, one after another. */
  readonly order: number;
  readonly output: number;
  /** By element `element` of inputs[input]. For order 2, input may be inputs.length: dy, the weights of the results. */
  readonly input: number;
  readonly element: number;
  /** As gradients() gives it. */
  readonly gradient: number;
  /** As the central difference gives it. */
  readonly difference: number;
  /** The largest |gradient - difference| allowed. */
  readonly allowed: number;
}

/** What checkGradients() has compared. */
export interface GradientReport {
  /** Partial derivatives compared. */
  readonly compared: number;
  /** How many of them differ by more than is allowed. */
  readonly wrong: number;
  /** The entry with the largest error, relative to what is allowed. Undefined if there are no entries. */
  readonly worst: GradientEntry | undefined;
}

/** Roundings of a value that a difference allows for: those of a sum of a few hundred terms, or of a dozen ops. */
const ROUNDINGS = 16;
const UNIT = 1 / 16777216;

type TensorFunction = (inputs: readonly Tensor[]) => Tensor;

/**
 * Checks the gradients of a function of tensors, as an op made by defineOp(), against central differences. It compares
 * every derivative of every element of the result by every element of the inputs, so choose small inputs: it calls `f`
 * twice for each element of the inputs, and takes a gradient for each element of the result.
 *
 * Values are float32, so it finds wrong formulas, not wrong last digits. Choose inputs of about 1, and at least two
 * steps away from kinks, such as 0 for relu().
 *
 * @param f - called with the inputs. It must give the same result each time.
 * @returns what was compared, if all is well. A wrong gradient throws a GradientError with the same report, whose
 *   message names the entry with the largest error.
 * @throws GradientError if a gradient is wrong; ArgumentError if f is no function, the inputs are no list of tensors,
 *   or for a wrong option.
 * @example
 * const f = (x: Tensor, w: Tensor) => tanh(matmul(x, w));
 * const { compared, wrong } = checkGradients(f, [tensor([[1, 2]]), tensor([[0.3], [-0.1]])], { order: 2 });
 * wrong; // 0
 */
export function checkGradients(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options: CheckGradientsOptions = {},
): GradientReport {
  const where = 'checkGradients';
  checkFunction(where, 'f', f);
  if (!isListOf(inputs, (one) => isInstance(one, Tensor))) {
    invalid(where, 'inputs', 'a list of tensors', inputs, 'Make them with tensor(values).');
  }
  inputs.forEach((one, i) => {
    checkTensor(where, `inputs[${i}]`, one);
  });
  const { order, ...limits } = readOptions(where, options, OPTIONS);
  const report = scope(() => reportOf(entriesOf(f, inputs, order, limits)), 'checkGradients()');
  if (report.wrong > 0) throw new GradientError(messageOf(report, inputs), report);
  return report;
}

function entriesOf(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  order: number,
  limits: Limits,
): GradientEntry[] {
  const first: TensorFunction = (tensors) => checkTensor('checkGradients', 'the result of f', f(...tensors));
  const shape = checkSteady(first, inputs);
  const entries = compare(1, first, first, inputs, limits);
  if (order === 2) {
    const dy = createRandom(1).uniform(shape, -1, 1);
    const gradientsBy =
      (record: boolean): TensorFunction =>
      (tensors) =>
        gradientsOf(first, tensors, record);
    entries.push(...compare(2, gradientsBy(true), gradientsBy(false), [...inputs, dy], limits));
  }
  return entries;
}

/** Calls `f` twice and returns the shape of its result. Throws if the two results differ. */
function checkSteady(f: TensorFunction, inputs: readonly Tensor[]): Shape {
  const once = (): Tensor => scope(() => f(inputs));
  const [a, b] = [once(), once()];
  const [x, y] = [valuesOf(a), valuesOf(b)];
  if (a.shape.join() !== b.shape.join() || x.some((value, i) => !Object.is(value, y[i]))) {
    throw new ArgumentError(
      'checkGradients: f gave two results for the same inputs. Make random numbers inside f from the same seed each ' +
        'time, or pass them as an input.',
    );
  }
  return a.shape;
}

/** All gradients of sum(f(inputs) dy) by the inputs, one after another. The last tensor is dy. */
function gradientsOf(f: TensorFunction, tensors: readonly Tensor[], record: boolean): Tensor {
  const inputs = tensors.slice(0, -1).map(watch);
  const loss = sum(mul(f(inputs), tensors[tensors.length - 1]!));
  const all = gradients(loss, inputs, { record, unconnected: 'zeros' });
  return concat(all.map((one) => reshape(one, [one.size])));
}

interface Limits {
  readonly step: number;
  readonly tolerance: number;
}

/** The derivatives of `f` beside the central differences of `values`, which is the same function. */
function compare(
  order: number,
  f: TensorFunction,
  values: TensorFunction,
  inputs: readonly Tensor[],
  { step, tolerance }: Limits,
): GradientEntry[] {
  const rows = jacobian(f, inputs);
  return inputs.flatMap((x, input) => {
    const columns = Array.from(valuesOf(x), (_, element) => differences(values, inputs, input, element, step));
    const largest = Math.max(0, ...columns.flatMap(({ slopes }) => slopes.map(Math.abs)).filter(Number.isFinite));
    return columns.flatMap(({ slopes, rounding }, element) =>
      slopes.map((difference, output) => {
        const gradient = rows[output]![input]![element]!;
        const allowed = tolerance * largest + rounding;
        return { order, output, input, element, gradient, difference, allowed };
      }),
    );
  });
}

/** rows[output][input][element], by gradients(). */
function jacobian(f: TensorFunction, inputs: readonly Tensor[]): Float32Array[][] {
  return recorded(() => {
    const watched = inputs.map(watch);
    const y = f(watched);
    return Array.from({ length: y.size }, (_, output) => {
      const oneHot = tensor(
        Array.from({ length: y.size }, (__, i) => (i === output ? 1 : 0)),
        y.shape,
      );
      return gradients(sum(mul(y, oneHot)), watched, { unconnected: 'zeros' }).map(valuesOf);
    });
  });
}

interface Differences {
  /** By one element of the inputs, for each element of the result. */
  readonly slopes: number[];
  /** How far rounding may move them. */
  readonly rounding: number;
}

function differences(
  f: TensorFunction,
  inputs: readonly Tensor[],
  input: number,
  element: number,
  step: number,
): Differences {
  const x = valuesOf(inputs[input]!)[element]!;
  const h = step * Math.max(1, Math.abs(x));
  const [above, below] = [Math.fround(x + h), Math.fround(x - h)];
  const at = (value: number): Float32Array =>
    recorded(() => {
      const moved = valuesOf(inputs[input]!);
      moved[element] = value;
      return valuesOf(f(inputs.map((one, i) => (i === input ? tensor(moved, one.shape) : one))));
    });
  const [high, low] = [at(above), at(below)];
  return {
    slopes: Array.from(high, (value, i) => (value - low[i]!) / (above - below)),
    rounding: (ROUNDINGS * UNIT * Math.max(UNIT, ...high.map(Math.abs), ...low.map(Math.abs))) / h,
  };
}

/** In a scope of its own, with recording on: second derivatives need it. */
function recorded<T>(body: () => T): T {
  return scope(() => setRecording(true, body), 'checkGradients()');
}

function valuesOf(x: Tensor): Float32Array {
  return Float32Array.from(x.storage.values());
}

function reportOf(entries: readonly GradientEntry[]): GradientReport {
  let wrong = 0;
  let worst: GradientEntry | undefined;
  let largest = -1;
  for (const entry of entries) {
    const error = Math.abs(entry.gradient - entry.difference);
    const isRight = error <= entry.allowed;
    if (!isRight) wrong++;
    // NaN is wrong by any measure.
    const size = Number.isNaN(error) ? Infinity : error === 0 ? 0 : error / entry.allowed;
    if (size > largest) [largest, worst] = [size, entry];
  }
  return { compared: entries.length, wrong, worst };
}

function messageOf({ compared, wrong, worst }: GradientReport, inputs: readonly Tensor[]): string {
  const { order, output, input, element, gradient, difference, allowed } = worst!;
  const of = order === 1 ? `element ${output} of the result` : `the gradient by ${placeOf(output, inputs)}`;
  const x = inputs[input];
  const by = x === undefined ? `element ${element} of dy` : placeOf(element, inputs, input);
  const value = x === undefined ? '' : ` = ${valuesOf(x)[element]}`;
  return (
    `checkGradients: ${wrong} of ${compared} derivatives are wrong. Largest error: the derivative of ${of} by ` +
    `${by}${value} is ${rounded(gradient)}, by central differences ${rounded(difference)}; ` +
    `they may differ by ${rounded(allowed, 2)}`
  );
}

function rounded(value: number, digits = 6): number {
  return Number(value.toPrecision(digits));
}

/** `inputs[1] at [0, 2]`, for an element of one input, or of all of them, one after another, from `first` on. */
function placeOf(element: number, inputs: readonly Tensor[], first = 0): string {
  const { shape, size } = inputs[first]!;
  if (element >= size) return placeOf(element - size, inputs, first + 1);
  let rest = element;
  const index = shape.map((_, axis) => {
    const stride = sizeOf(shape.slice(axis + 1));
    const at = Math.floor(rest / stride);
    rest -= at * stride;
    return at;
  });
  return `inputs[${first}]${index.length === 0 ? '' : ` at ${formatShape(index)}`}`;
}
