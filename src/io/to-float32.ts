/**
 * Converts the elements of a file to float32, the element type of every Tensor.
 *
 *   F32              the same bits
 *   F16, BF16        exact, since float32 has all their values
 *   F64              rounded to the nearest float32, ties to even; beyond its range to an infinity, as in IEEE 754
 *   integers, BOOL   exact, else refused: float32 has no 2^24 + 1, and a rounded index would be wrong
 *   F8 types, C64    refused
 */
import { FormatError } from '../core/errors.ts';
import type { Dtype } from './dtype.ts';
import { float32FromLittleEndian } from './little-endian.ts';

type Read = (view: DataView, at: number) => number;

const READERS: Partial<Record<Dtype, { readonly bytes: number; readonly read: Read; readonly mustBeExact: boolean }>> =
  {
    F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true), mustBeExact: false },
    F16: { bytes: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)), mustBeExact: false },
    BF16: { bytes: 2, read: readBrainFloat, mustBeExact: false },
    I64: { bytes: 8, read: (view, at) => exactNumber(view.getBigInt64(at, true)), mustBeExact: true },
    U64: { bytes: 8, read: (view, at) => exactNumber(view.getBigUint64(at, true)), mustBeExact: true },
    I32: { bytes: 4, read: (view, at) => view.getInt32(at, true), mustBeExact: true },
    U32: { bytes: 4, read: (view, at) => view.getUint32(at, true), mustBeExact: true },
    I16: { bytes: 2, read: (view, at) => view.getInt16(at, true), mustBeExact: true },
    U16: { bytes: 2, read: (view, at) => view.getUint16(at, true), mustBeExact: true },
    I8: { bytes: 1, read: (view, at) => view.getInt8(at), mustBeExact: true },
    U8: { bytes: 1, read: (view, at) => view.getUint8(at), mustBeExact: true },
    BOOL: { bytes: 1, read: (view, at) => (view.getUint8(at) > 1 ? NaN : view.getUint8(at)), mustBeExact: true },
  };

/**
 * The values of one tensor: for F32 a view of `bytes` where possible, else a copy.
 *
 * @param offset - where `bytes` begin in the file, for the offsets in errors.
 * @param label - the name of the tensor in errors.
 * @throws FormatError if a value must be exact but float32 does not have it, or if the type has no conversion.
 */
export function toFloat32(dtype: Dtype, bytes: Uint8Array, offset: number, label: string): Float32Array {
  if (dtype === 'F32') return float32FromLittleEndian(bytes);
  const reader = READERS[dtype];
  if (reader === undefined) {
    const remedy = 'F32, F16, BF16, F64, BOOL and integers convert; decodeTensorFile gives the bytes as they are';
    throw new FormatError(`${label} is ${dtype}, which has no conversion to float32. ${remedy}`, offset);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.length / reader.bytes);
  for (let i = 0; i < values.length; i++) {
    const value = reader.read(view, i * reader.bytes);
    values[i] = value;
    // The readers return NaN for a value without a float32; NaN differs from itself.
    if (reader.mustBeExact && values[i] !== value) {
      throw new FormatError(
        `${label}, element ${i}: this ${dtype} value has no exact float32`,
        offset + i * reader.bytes,
      );
    }
  }
  return values;
}

/** The number equal to a 64-bit integer, or NaN if there is none. */
function exactNumber(value: bigint): number {
  const number = Number(value);
  return BigInt(number) === value ? number : NaN;
}

const word = new Uint32Array(1);
const wordAsFloat = new Float32Array(word.buffer);

/** A bfloat16 is the upper half of a float32. */
function readBrainFloat(view: DataView, at: number): number {
  word[0] = view.getUint16(at, true) << 16;
  return wordAsFloat[0]!;
}

/** IEEE binary16: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits. */
function halfToNumber(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return (sign * fraction) / 2 ** 24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  // As a float32: bias 127 instead of 15, 13 more fraction bits.
  word[0] = ((exponent + 112) << 23) | (fraction << 13);
  return sign * wordAsFloat[0]!;
}
