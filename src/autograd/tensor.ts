/**
 * Tensor: a shape and a block of float32 values, row-major and dense. Operations do not change tensors; they make new
 * ones.
 * Variable: a tensor whose values an optimizer changes. gradients() computes gradients with respect to variables.
 */
import { describe, invalid, isArray, isInstance } from '../core/check.ts';
import { messageOf, RuntimeError, ShapeError } from '../core/errors.ts';
import { isNumberArray, type NumberArray } from '../core/numbers.ts';
import { checkShape, formatShape, type Shape, sameShape, sizeOf } from '../core/shape.ts';
import type { Address } from '../kernels/kernel.ts';
import { flatten, type NestedNumbers, nest, type TensorValues } from './nested-numbers.ts';
import type { OpNode } from './record.ts';
import { Storage } from './storage.ts';

/**
 * A shape and its float32 values, row by row. tensor(), zeros() and the like make one, and so does every operation:
 * none changes the tensors that it gets.
 *
 * @example
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * x.shape; // [2, 3]
 * x.size; // 6
 * x.data[4]; // 5
 * x.toArray(); // [[1, 2, 3], [4, 5, 6]]
 * sum(x).item(); // 21
 */
export class Tensor {
  readonly shape: Shape;
  /** Number of values: the product of the dimensions. */
  readonly size: number;
  /** @internal The block; tensors made by reshape share it. */
  readonly storage: Storage;
  /** @internal How it was computed, if that was recorded. */
  node: OpNode | undefined;

  /** @internal Users make tensors with tensor(), zeros() and similar functions, and with operations. */
  constructor(shape: Shape, storage?: Storage) {
    this.shape = shape;
    this.size = sizeOf(shape);
    // The heap refuses too many elements. A shape without elements that grew by broadcasting must be checked here.
    if (this.size === 0) checkShape('a tensor', 'shape', shape);
    this.storage = storage ?? new Storage(this.size);
  }

  /** Number of dimensions; 0 for a scalar. */
  get rank(): number {
    return this.shape.length;
  }

  /** @internal Where the values begin in the heap. Throws if the tensor was freed. */
  get address(): Address {
    return this.storage.address;
  }

  /**
   * The values in row-major order, as an array that you may keep. It is made on the first request, and every request
   * returns the same array. The array, and anything made from it (a subarray, a DataView on its buffer), stays valid
   * after the tensor is freed or collected.
   *
   * While the tensor lives, the two stay in step. The next operation sees what you write into the array, and the array
   * of a variable shows what an optimizer has done. For that, each operation compares the array with the tensor, which
   * takes half a millisecond for a million values; item() and toArray() make no such array. If you transfer the array's
   * buffer to a worker, the tensor keeps the values of its last operation and makes another array.
   */
  get data(): Float32Array {
    return this.storage.data();
  }

  /** The value of a tensor with exactly one element. Throws a ShapeError for any other size. */
  item(): number {
    if (this.size !== 1) {
      throw new ShapeError(
        `item: the tensor must have exactly one element; got shape ${formatShape(this.shape)}. Use toArray() or data.`,
      );
    }
    return this.storage.values()[0]!;
  }

  /**
   * A copy of the values as nested arrays; a number for a scalar. Throws a ShapeError if the arrays would exceed the
   * engine's memory; use data then.
   */
  toArray(): NestedNumbers {
    return nest(this.storage.values(), this.shape);
  }

  /** Frees the values now. Optional: scopes and the garbage collector free tensors too. */
  dispose(): void {
    this.storage.free('dispose()');
  }

  /** The kind and the shape: 'Tensor([2, 3])'. */
  toString(): string {
    return `${this.constructor.name}(${formatShape(this.shape)})`;
  }
}

/**
 * A tensor whose values an optimizer changes, such as a weight. variable() makes one; scopes do not free it.
 *
 * @example
 * const w = variable(tensor([1, 2]), 'w');
 * w.assign([3, 4]);
 * w.data; // [3, 4]
 */
export class Variable extends Tensor {
  readonly name: string;
  /** @internal Use variable(). */
  constructor(shape: Shape, storage: Storage, name: string) {
    super(shape, storage);
    this.name = name;
    storage.escape();
  }

  /**
   * @internal Number of changes. The storage keeps it, so a reshape of the variable, or the tensor it was made from,
   * has the same version.
   */
  get version(): number {
    return this.storage.version;
  }

  /**
   * Copies values into the variable.
   *
   * @param values - a tensor of the variable's shape, or a flat list with one number for each element.
   */
  assign(values: Tensor | NumberArray | readonly number[]): this {
    const isTensor = isInstance(values, Tensor);
    const isTyped = isNumberArray('assign', 'values', values);
    const fits = isTensor
      ? sameShape(values.shape, this.shape)
      : (isTyped || isArray(values)) && values.length === this.size;
    if (!fits) {
      throw new ShapeError(
        `assign: ${this.name || 'the variable'} has shape ${formatShape(this.shape)}; ` +
          `got ${isTensor ? formatShape(values.shape) : describe(values)}`,
      );
    }
    // All numbers are checked before the first is written.
    if (isTensor) this.storage.write(values.storage);
    else this.storage.write(isTyped ? values : checkedNumbers(values));
    this.storage.changed();
    return this;
  }
}

/**
 * A tensor from numbers, which are rounded to float32.
 *
 * @param values - a number, nested arrays, or a typed array of any kind except 64-bit integers.
 * @param shape - its size must equal the number of values. Default: the shape of the nesting.
 * @throws ShapeError if nested arrays are not rectangular or the values do not fill the shape; ArgumentError for
 *   values that are no numbers.
 * @example
 * tensor([[1, 2, 3], [4, 5, 6]]).shape; // [2, 3]
 * tensor(5).shape; // []
 * tensor(new Float32Array(784), [1, 28, 28, 1]).shape; // [1, 28, 28, 1]
 */
export function tensor(values: TensorValues, shape?: Shape): Tensor {
  const { flat, shape: found } = flatten(values);
  const wanted = shape === undefined ? checkShape('tensor', 'values', found) : checkShape('tensor', 'shape', shape);
  if (sizeOf(wanted) !== flat.length) {
    throw new ShapeError(
      `tensor: ${flat.length} values do not fill shape ${formatShape(wanted)}, which has ${sizeOf(wanted)} elements`,
    );
  }
  const result = new Tensor(wanted);
  result.storage.write(flat);
  return result;
}

/**
 * A tensor of shape [] with one value.
 *
 * @throws ArgumentError if the value is no number.
 * @example
 * scalar(2.5).item(); // 2.5
 */
export function scalar(value: number): Tensor {
  if (typeof value !== 'number') invalid('scalar', 'value', 'a number', value);
  return full([], value);
}

/**
 * A tensor filled with 0.
 *
 * @throws ArgumentError if the shape is no list of whole numbers of at least 0.
 * @example
 * zeros([2, 3]); // [[0, 0, 0], [0, 0, 0]]
 */
export function zeros(shape: Shape): Tensor {
  return filled('zeros', shape, 0);
}

/**
 * A tensor filled with 1.
 *
 * @throws ArgumentError if the shape is no list of whole numbers of at least 0.
 * @example
 * ones([2]); // [1, 1]
 */
export function ones(shape: Shape): Tensor {
  return filled('ones', shape, 1);
}

/**
 * A tensor filled with one value.
 *
 * @throws ArgumentError if the shape is no list of whole numbers of at least 0, or the value no number.
 * @example
 * full([2, 2], 7); // [[7, 7], [7, 7]]
 */
export function full(shape: Shape, value: number): Tensor {
  if (typeof value !== 'number') invalid('full', 'value', 'a number', value);
  return filled('full', shape, value);
}

/**
 * A variable with the values of a tensor. Both share one block, so a change of the variable changes the tensor too.
 * Scopes do not free the block.
 *
 * @param name - shown in errors, summaries and saved files. Default: ''.
 * @throws ArgumentError if the value is no tensor or the name no text.
 * @example
 * const w = variable(zeros([2]), 'w');
 * sgd({ learningRate: 0.1 }).apply([w], gradients(sum(sub(w, 1)), [w]));
 * w.data; // [-0.1, -0.1]
 */
export function variable(value: Tensor, name = ''): Variable {
  checkTensor('variable', 'value', value);
  if (typeof name !== 'string') invalid('variable', 'name', 'a string', name);
  return new Variable(value.shape, value.storage, name);
}

/**
 * @internal Returns the tensor. Throws an ArgumentError if `value` is no tensor, and a RuntimeError if it was freed.
 */
export function checkTensor(where: string, argument: string, value: unknown): Tensor {
  if (!isInstance(value, Tensor)) return invalid(where, argument, 'a Tensor', value, 'Make one with tensor(values).');
  if (value.storage.freed) {
    try {
      return value.address as never;
    } catch (error) {
      throw new RuntimeError(`${where}: ${argument}: ${messageOf(error)}`);
    }
  }
  return value;
}

/** @internal The tensor, or a number as a scalar tensor: binary operations take both. */
export function toTensor(where: string, argument: string, value: unknown): Tensor {
  return typeof value === 'number' ? filled(where, [], value) : checkTensor(where, argument, value);
}

function filled(where: string, shape: Shape, value: number): Tensor {
  const result = new Tensor(checkShape(where, 'shape', shape));
  result.storage.values().fill(value);
  return result;
}

/**
 * A copy of a list of numbers. Throws if an item is not a number: a hole, or a value that JavaScript would convert to a
 * number, mostly to NaN.
 */
function checkedNumbers(values: readonly unknown[]): number[] {
  return Array.from(values, (value, i) =>
    typeof value === 'number' ? value : invalid('assign', `values[${i}]`, 'a number', value),
  );
}
