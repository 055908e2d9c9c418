/** Lists of numbers that a user passes: arrays, typed arrays and array-like objects. */
import { checkMemory } from './bytes.ts';
import { invalid, isArray, isInstance } from './check.ts';

/** A typed array of any kind except 64-bit integers, whose items are bigints, not numbers. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array;

/** The base class of all typed arrays, which is not a global. */
const TypedArray: abstract new () => object = Object.getPrototypeOf(Uint8Array);

/** Whether a value is a typed array of numbers. Throws an ArgumentError if its memory was transferred. */
export function isNumberArray(where: string, argument: string, value: unknown): value is NumberArray {
  if (!isInstance(value, TypedArray) || isInstance(value, BigInt64Array) || isInstance(value, BigUint64Array)) {
    return false;
  }
  checkMemory(where, argument, value);
  return true;
}

/** A list that can be read by index. Its items are not checked. */
export function checkList(
  where: string,
  argument: string,
  value: unknown,
  expected: string,
  remedy?: string,
): ArrayLike<unknown> {
  if (isArray(value) || isNumberArray(where, argument, value)) return value;
  if (typeof value !== 'object' || value === null) return invalid(where, argument, expected, value, remedy);
  let length: unknown;
  try {
    length = 'length' in value ? value.length : undefined;
  } catch {
    // The value is a revoked proxy, or its accessor throws.
  }
  return Number.isSafeInteger(length) && (length as number) >= 0
    ? (value as ArrayLike<unknown>)
    : invalid(where, argument, expected, value, remedy);
}
