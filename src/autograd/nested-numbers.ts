/** Nested arrays of numbers, one level for each axis: the input of tensor() and the result of toArray(). */
import { describe, isArray } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { isNumberArray, type NumberArray } from '../core/numbers.ts';
import { formatShape, MAX_RANK, type Shape, sameShape, sizeOf } from '../core/shape.ts';

/** What toArray() returns: arrays nested to the tensor's rank, or a number for a scalar. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** What tensor() takes: a number, a typed array, or nested arrays of these. */
export type TensorValues = number | NumberArray | readonly TensorValues[];

/** The numbers in row-major order, and the shape of their nesting. */
export function flatten(values: unknown): { readonly flat: number[] | NumberArray; readonly shape: Shape } {
  if (isNumberArray('tensor', 'values', values)) return { flat: values, shape: [values.length] };
  const flat: number[] = [];
  return { flat, shape: append(values, flat, 0) };
}

/**
 * Appends nested numbers to `flat` in row-major order and returns their shape. Throws a ShapeError if the arrays are
 * not rectangular.
 */
function append(values: unknown, flat: number[], depth: number): Shape {
  if (typeof values === 'number') {
    flat.push(values);
    return [];
  }
  if (isNumberArray('tensor', 'values', values)) {
    for (const value of values) flat.push(value);
    return [values.length];
  }
  if (!isArray(values)) {
    throw new ArgumentError(
      `tensor: values must be a number, nested arrays of numbers or a typed array; got ${describe(values)}`,
    );
  }
  if (depth === MAX_RANK) {
    throw new ArgumentError(
      `tensor: values must be nested at most ${MAX_RANK} deep; got more. Does an array contain itself?`,
    );
  }
  let inner: Shape | undefined;
  for (const item of values) {
    const shape = append(item, flat, depth + 1);
    if (inner !== undefined && !sameShape(inner, shape)) {
      throw new ShapeError(
        `tensor: nested arrays must be rectangular; a part of shape ${formatShape(inner)} stands beside one of ` +
          `shape ${formatShape(shape)}`,
      );
    }
    inner = shape;
  }
  return [values.length, ...(inner ?? [])];
}

/** Limits of toArray(). Above them V8 with its default memory limit ends the process. */
const MOST_ARRAYS = 2 ** 24;
const MOST_NUMBERS = 2 ** 26;

/** A copy of row-major values as nested arrays. */
export function nest(values: ArrayLike<number>, shape: Shape): NestedNumbers {
  const arrays = shape.reduce((sum, _, axis) => sum + sizeOf(shape.slice(0, axis)), 0);
  if (arrays > MOST_ARRAYS || values.length > MOST_NUMBERS) {
    throw new ShapeError(
      `toArray: ${formatShape(shape)} would become ${arrays} arrays of ${values.length} numbers; at most ` +
        `${MOST_ARRAYS} arrays and ${MOST_NUMBERS} numbers are made. Use data.`,
    );
  }
  let next = 0;
  const part = (axis: number): NestedNumbers =>
    axis === shape.length ? values[next++]! : Array.from({ length: shape[axis]! }, () => part(axis + 1));
  return part(0);
}
