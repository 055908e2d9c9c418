/**
 * Tensor: a shape and a block of float32 values, row-major and dense. Immutable by convention: operations make new
 * tensors.
 * Variable: a tensor whose values an optimizer changes, and the leaf that gradients are taken for.
 */
import { describe, invalid, isArray, isInstance } from '../core/check.ts';
import { messageOf, RuntimeError, ShapeError } from '../core/errors.ts';
import { isNumberArray, type NumberArray } from '../core/numbers.ts';
import { checkShape, formatShape, type Shape, sameShape, sizeOf } from '../core/shape.ts';
import type { Address } from '../kernels/kernel.ts';
import { flatten, type NestedNumbers, nest, type TensorValues } from './nested-numbers.ts';
import type { OpNode } from './record.ts';
import { Storage } from './storage.ts';

export class Tensor {
  readonly shape: Shape;
  /** How many values it has. */
  readonly size: number;
  /** @internal The block; tensors made by reshape share it. */
  readonly storage: Storage;
  /** @internal How it was computed, if that was recorded. */
  node: OpNode | undefined;

  /** @internal Tensors are made by tensor(), zeros() and their kin, and by operations. */
  constructor(shape: Shape, storage?: Storage) {
    this.shape = shape;
    this.size = sizeOf(shape);
    // The heap refuses too many elements, but not a shape that has none and grew by broadcasting.
    if (this.size === 0) checkShape('a tensor', 'shape', shape);
    this.storage = storage ?? new Storage(this.size);
  }

  get rank(): number {
    return this.shape.length;
  }

  /** @internal Where the values begin in the heap. Throws if the tensor was freed. */
  get address(): Address {
    return this.storage.address;
  }

  /**
   * The values, row-major, in memory of their own: the array is made when it is first asked for, and is the same one
   * each time. It is yours to keep. It, and whatever is made from it (a subarray, a DataView on its buffer), holds
   * its values after the tensor is freed or collected.
   *
   * While the tensor lives the array is live. What you write into it is seen by the next operation, and the array of
   * a variable shows what an optimizer has done. For that each operation compares the array with the tensor, which
   * takes half a millisecond for a million values; item() and toArray() make no such array. If you transfer its buffer
   * to a worker, the tensor keeps the values of its last operation and makes another array.
   */
  get data(): Float32Array {
    return this.storage.data();
  }

  /** The value of a tensor of size 1. */
  item(): number {
    if (this.size !== 1) {
      throw new ShapeError(
        `item: the tensor must have exactly one element; got shape ${formatShape(this.shape)}. Use toArray() or data.`,
      );
    }
    return this.storage.values()[0]!;
  }

  /** A copy of the values as nested arrays. Refused if these would be more than the engine has memory for. */
  toArray(): NestedNumbers {
    return nest(this.storage.values(), this.shape);
  }

  /** Frees the values now. Optional: scopes and the garbage collector do it too. */
  dispose(): void {
    this.storage.free('dispose()');
  }

  toString(): string {
    return `${this.constructor.name}(${formatShape(this.shape)})`;
  }
}

export class Variable extends Tensor {
  readonly name: string;
  /** @internal Use variable(). */
  constructor(shape: Shape, storage: Storage, name: string) {
    super(shape, storage);
    this.name = name;
    storage.escape();
  }

  /**
   * @internal Counts changes. Kept by the block, so that a reshape of the variable, or the tensor it was made of,
   * shows them too.
   */
  get version(): number {
    return this.storage.version;
  }

  /** Copies values into the variable: a tensor of its shape, or a flat list of as many numbers as it has. */
  assign(values: Tensor | NumberArray | readonly number[]): this {
    const isTensor = isInstance(values, Tensor);
    const isTyped = isNumberArray('assign', 'values', values);
    const fits = isTensor
      ? sameShape(values.shape, this.shape)
      : (isTyped || isArray(values)) && values.length === this.size;
    if (!fits) {
      throw new ShapeError(
        `assign: ${this.name || 'the variable'} has shape ${formatShape(this.shape)}; got ${isTensor ? formatShape(values.shape) : describe(values)}`,
      );
    }
    // Numbers are checked before any is written.
    if (isTensor) this.storage.write(values.storage);
    else this.storage.write(isTyped ? values : checkedNumbers(values));
    this.storage.changed();
    return this;
  }
}

/**
 * A tensor from numbers: a number, nested arrays (the shape is theirs), or a flat list with a shape. Typed arrays of
 * any kind but that of 64-bit integers are lists. Values are rounded to float32.
 *
 * @example
 * tensor([[1, 2, 3], [4, 5, 6]]);
 * tensor(new Float32Array(784), [1, 28, 28, 1]);
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

export function scalar(value: number): Tensor {
  if (typeof value !== 'number') invalid('scalar', 'value', 'a number', value);
  return full([], value);
}

export function zeros(shape: Shape): Tensor {
  return filled('zeros', shape, 0);
}

export function ones(shape: Shape): Tensor {
  return filled('ones', shape, 1);
}

export function full(shape: Shape, value: number): Tensor {
  if (typeof value !== 'number') invalid('full', 'value', 'a number', value);
  return filled('full', shape, value);
}

/**
 * A variable with the values of a tensor, whose block it takes over (the tensor and the variable share it). It
 * outlives any scope it is made in.
 *
 * @param name - shown in errors, summaries and saved files.
 */
export function variable(value: Tensor, name = ''): Variable {
  checkTensor('variable', 'value', value);
  if (typeof name !== 'string') invalid('variable', 'name', 'a string', name);
  return new Variable(value.shape, value.storage, name);
}

/** @internal The tensor itself, or an ArgumentError that says what came instead. */
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

/** @internal Binary operations take plain numbers too. */
export function toTensor(where: string, argument: string, value: unknown): Tensor {
  return typeof value === 'number' ? filled(where, [], value) : checkTensor(where, argument, value);
}

function filled(where: string, shape: Shape, value: number): Tensor {
  const result = new Tensor(checkShape(where, 'shape', shape));
  result.storage.values().fill(value);
  return result;
}

/**
 * A copy of a list of which every item is a number: none that is left out, and nothing that JavaScript would turn
 * into one, NaN for most.
 */
function checkedNumbers(values: readonly unknown[]): number[] {
  return Array.from(values, (value, i) =>
    typeof value === 'number' ? value : invalid('assign', `values[${i}]`, 'a number', value),
  );
}
