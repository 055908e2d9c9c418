/** Lists of numbers that a caller hands over: arrays, typed arrays, and what looks like one. */
import { invalid, isArray, isInstance } from './check.ts';
import { ArgumentError } from './errors.ts';

/** Every typed array but those of 64-bit integers, which are not numbers. */
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

/** The common ancestor of all typed arrays, which has no name of its own. */
const TypedArray: abstract new () => object = Object.getPrototypeOf(Uint8Array);

/** Whether a value is a typed array of numbers. One whose memory was transferred is refused with an ArgumentError. */
export function isNumberArray(where: string, argument: string, value: unknown): value is NumberArray {
  if (!isInstance(value, TypedArray) || isInstance(value, BigInt64Array) || isInstance(value, BigUint64Array)) {
    return false;
  }
  try {
    // Throws a TypeError if the memory is gone.
    Uint8Array.prototype.at.call(value, 0);
  } catch {
    throw new ArgumentError(
      `${where}: ${argument} has lost its memory: its buffer was transferred or made smaller. Pass a copy, or call this first.`,
    );
  }
  return true;
}

/** A list that may be read by index; its items are not looked at. */
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
    // A revoked proxy, or an accessor that throws.
  }
  return Number.isSafeInteger(length) && (length as number) >= 0
    ? (value as ArrayLike<unknown>)
    : invalid(where, argument, expected, value, remedy);
}
