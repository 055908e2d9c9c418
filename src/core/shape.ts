/**
 * Shapes: lists of dimensions, row-major. A scalar has shape []. A dimension may be 0.
 * Broadcasting follows NumPy: shapes are aligned at the right, and a dimension of 1 is repeated.
 */
import { describe, invalid, isArray } from './check.ts';
import { ShapeError } from './errors.ts';

/** The sizes of the axes of a tensor; [] is that of a scalar. */
export type Shape = readonly number[];

/** Maximum size of a tensor: 2^30 - 1 floats fill the 4 GiB that a WebAssembly memory can address. */
export const MAX_SIZE: number = 2 ** 30 - 1;
/** Maximum rank of a tensor, as in NumPy. */
export const MAX_RANK = 64;

/** Product of the dimensions; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) size *= shape[axis]!;
  return size;
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/**
 * A frozen copy of a user's shape. Throws an ArgumentError unless it is a list of whole numbers of at least 0, and a
 * ShapeError if a tensor of this shape would be too large.
 */
export function checkShape(where: string, argument: string, value: unknown): Shape {
  if (!isArray(value)) return invalid(where, argument, 'a shape, a list of whole numbers such as [2, 3]', value);
  const shape: number[] = [];
  for (const dimension of value) {
    if (typeof dimension !== 'number' || !Number.isSafeInteger(dimension) || dimension < 0) {
      return invalid(where, argument, 'a shape, a list of whole numbers of at least 0', value);
    }
    shape.push(dimension);
    if (shape.length > MAX_RANK) break;
  }
  const problem = shapeProblem(shape);
  if (problem !== undefined) throw new ShapeError(`${where}: ${argument} ${describe(value)} ${problem}`);
  return Object.freeze(shape);
}

/**
 * Why a shape is too large for a tensor, as the end of a sentence that begins with the shape; undefined if it fits.
 * Dimensions of 0 are not multiplied in: [2^40, 0] has no elements, but loops over its other dimensions would not end.
 */
export function shapeProblem(shape: Shape): string | undefined {
  if (shape.length > MAX_RANK) return `has more than ${MAX_RANK} dimensions`;
  const size = shape.reduce((product, dimension) => product * (dimension || 1), 1);
  if (size <= MAX_SIZE) return undefined;
  return shape.includes(0)
    ? `has no elements, but its other dimensions multiply to ${size}; at most ${MAX_SIZE} fit`
    : `has ${size} elements; at most ${MAX_SIZE} fit`;
}

/** Converts an axis to one counted from the front. Negative axes count from the back: -1 is the last. */
export function checkAxis(where: string, axis: unknown, rank: number): number {
  if (typeof axis !== 'number' || !Number.isSafeInteger(axis) || axis < -rank || axis >= rank) {
    const expected = rank === 0 ? 'absent, since a scalar has no axes' : `a whole number from ${-rank} to ${rank - 1}`;
    return invalid(where, 'axis', expected, axis);
  }
  return axis < 0 ? axis + rank : axis;
}

/** A user's `axis` as sorted, distinct axes. `axis` is a number, a list, or undefined for all axes. */
export function checkAxes(where: string, axis: unknown, rank: number): readonly number[] {
  if (axis === undefined) return Array.from({ length: rank }, (_, i) => i);
  const list = isArray(axis) ? axis : [axis];
  // The length is checked first: a list may have 2^32 items.
  if (list.length > rank) return invalid(where, 'axis', `at most ${rank} axes`, axis);
  const axes = list.map((one) => checkAxis(where, one, rank)).sort((a, b) => a - b);
  if (new Set(axes).size !== axes.length) return invalid(where, 'axis', 'a list without repetition', axis);
  return axes;
}

/** The shape that both operands are broadcast to. Throws a ShapeError if they do not broadcast. */
export function broadcastShapes(where: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const result: number[] = new Array(rank);
  for (let axis = 0; axis < rank; axis++) {
    const m = a[axis - rank + a.length] ?? 1;
    const n = b[axis - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        `${where}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: ${m} meets ${n}; aligned at ` +
          'the right, two sizes must be equal or one of them 1',
      );
    }
    result[axis] = m === 1 ? n : m;
  }
  return Object.freeze(result);
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides: number[] = new Array(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}
